/**
 * Medicines by name. One table, so that a missing name is found and added in one place; morphology
 * (`drug-morphology.ts`) covers the names that are not here. Names only: no dose, no indication.
 * Sources of the stems: WHO, "The use of stems in the selection of INN" (2018); brands are common usage.
 */

/** Sold on prescription in most countries. Lower case, accents folded. */
export const PRESCRIPTION_DRUGS = `
nitro macrobid yaz yasmin zanny zannies xanny xannies xans addy addies percs norcos oxys roxies
lisinopril enalapril ramipril captopril benazepril perindopril quinapril losartan valsartan irbesartan candesartan olmesartan telmisartan
sacubitril entresto metoprolol atenolol propranolol bisoprolol carvedilol labetalol nebivolol sotalol timolol nadolol esmolol
amlodipine nifedipine felodipine diltiazem verapamil nicardipine hydralazine clonidine methyldopa minoxidil doxazosin prazosin terazosin
furosemide frusemide bumetanide torsemide hydrochlorothiazide hctz chlorthalidone indapamide metolazone spironolactone eplerenone triamterene amiloride
atorvastatin simvastatin rosuvastatin pravastatin lovastatin fluvastatin pitavastatin ezetimibe fenofibrate gemfibrozil evolocumab alirocumab inclisiran
warfarin apixaban rivaroxaban dabigatran edoxaban heparin enoxaparin dalteparin fondaparinux clopidogrel ticagrelor prasugrel alteplase tenecteplase tpa streptokinase
digoxin amiodarone flecainide nitroglycerin nitroglycerine isosorbide nitrates ranolazine ivabradine dofetilide adenosine
metformin glipizide glyburide glimepiride gliclazide pioglitazone sitagliptin linagliptin saxagliptin empagliflozin dapagliflozin canagliflozin
semaglutide liraglutide dulaglutide tirzepatide exenatide insulin lantus humalog novolog levemir tresiba toujeo basaglar glargine lispro aspart detemir degludec nph glucagon acarbose repaglinide
levothyroxine synthroid liothyronine euthyrox eltroxin methimazole carbimazole propylthiouracil
prednisone prednisolone methylprednisolone dexamethasone betamethasone triamcinolone hydrocortone fludrocortisone budesonide beclomethasone mometasone fluticasone medrol decadron clobetasol
amoxicillin ampicillin penicillin augmentin amoxil clavulanate cephalexin keflex cefuroxime ceftriaxone cefdinir cefixime cefazolin azithromycin zithromax zpak clarithromycin erythromycin clindamycin
doxycycline minocycline tetracycline ciprofloxacin cipro levofloxacin moxifloxacin ofloxacin metronidazole flagyl nitrofurantoin macrobid trimethoprim sulfamethoxazole bactrim septra cotrimoxazole fosfomycin vancomycin gentamicin tobramycin linezolid meropenem rifampin rifampicin isoniazid ethambutol pyrazinamide dapsone mupirocin piperacillin tazobactam flucloxacillin dicloxacillin nafcillin
acyclovir valacyclovir valtrex famciclovir oseltamivir tamiflu paxlovid nirmatrelvir ritonavir remdesivir molnupiravir tenofovir emtricitabine truvada lamivudine dolutegravir biktarvy zidovudine efavirenz sofosbuvir ribavirin
fluconazole diflucan itraconazole voriconazole nystatin amphotericin griseofulvin ivermectin albendazole mebendazole praziquantel hydroxychloroquine chloroquine plaquenil mefloquine artemether malarone primaquine quinine permethrin
sertraline zoloft fluoxetine prozac citalopram celexa escitalopram lexapro paroxetine paxil fluvoxamine venlafaxine effexor desvenlafaxine pristiq duloxetine cymbalta bupropion wellbutrin mirtazapine remeron trazodone amitriptyline nortriptyline imipramine clomipramine doxepin vortioxetine vilazodone
lithium lamotrigine lamictal valproate valproic depakote carbamazepine tegretol oxcarbazepine levetiracetam keppra topiramate topamax phenytoin dilantin phenobarbital phenobarbitone gabapentin neurontin pregabalin lyrica lacosamide ethosuximide zonisamide
olanzapine zyprexa quetiapine seroquel risperidone risperdal aripiprazole abilify ziprasidone haloperidol haldol clozapine lurasidone chlorpromazine paliperidone brexpiprazole cariprazine
diazepam valium lorazepam ativan alprazolam xanax clonazepam klonopin midazolam temazepam oxazepam chlordiazepoxide buspirone zolpidem ambien eszopiclone lunesta zopiclone zaleplon suvorexant hydroxyzine atarax propofol ketamine
methylphenidate ritalin concerta adderall amphetamine dextroamphetamine lisdexamfetamine vyvanse atomoxetine strattera guanfacine modafinil phentermine
morphine oxycodone oxycontin percocet hydrocodone vicodin norco codeine tramadol ultram fentanyl hydromorphone dilaudid methadone buprenorphine suboxone subutex tapentadol meperidine pethidine naltrexone oxymorphone
sumatriptan imitrex rizatriptan maxalt zolmitriptan eletriptan ubrogepant rimegepant erenumab propanolol
albuterol salbutamol ventolin proair levalbuterol salmeterol formoterol symbicort advair breo trelegy spiriva tiotropium ipratropium atrovent montelukast singulair theophylline flovent pulmicort qvar omalizumab
epinephrine adrenaline epipen norepinephrine noradrenaline atropine dopamine dobutamine vasopressin ephedrine phenylephrine
methotrexate sulfasalazine leflunomide azathioprine mycophenolate cyclosporine ciclosporin tacrolimus cyclophosphamide adalimumab humira etanercept enbrel infliximab remicade rituximab tocilizumab ustekinumab secukinumab tofacitinib baricitinib upadacitinib dupilumab dupixent colchicine allopurinol febuxostat probenecid
alendronate fosamax risedronate ibandronate zoledronic denosumab prolia teriparatide raloxifene
tamoxifen letrozole anastrozole exemestane imatinib trastuzumab pembrolizumab nivolumab bevacizumab cisplatin carboplatin paclitaxel docetaxel doxorubicin capecitabine fluorouracil gemcitabine vincristine hydroxyurea
estradiol estrogen oestrogen progesterone progestin medroxyprogesterone testosterone norethindrone drospirenone mifepristone misoprostol clomiphene oxytocin premarin finasteride dutasteride tamsulosin flomax sildenafil viagra tadalafil cialis vardenafil oxybutynin tolterodine solifenacin mirabegron desmopressin
ondansetron zofran metoclopramide reglan promethazine phenergan prochlorperazine domperidone pantoprazole rabeprazole dexlansoprazole sucralfate mesalamine dicyclomine hyoscyamine lactulose rifaximin
cyclobenzaprine flexeril baclofen tizanidine methocarbamol robaxin carisoprodol meloxicam mobic celecoxib celebrex indomethacin ketorolac toradol etodolac nabumetone piroxicam
donepezil aricept memantine rivastigmine levodopa carbidopa sinemet pramipexole ropinirole rasagiline benztropine riluzole interferon ocrelizumab natalizumab
isotretinoin accutane tretinoin adapalene latanoprost brimonidine dorzolamide bimatoprost disulfiram acamprosate varenicline chantix naloxone narcan flumazenil acetylcysteine activated
ozempic wegovy mounjaro zepbound victoza trulicity rybelsus jardiance farxiga januvia actos glucophage eliquis xarelto coumadin plavix pradaxa lovenox brilinta lipitor crestor zocor lasix norvasc diovan cozaar toprol lopressor coreg tenormin inderal zestril prinivil altace aldactone lanoxin cordarone
mannitol albumin potassium-chloride epo erythropoietin filgrastim octreotide terlipressin rocuronium succinylcholine etomidate thiamine-iv prostaglandin prostaglandins dinoprostone cotrimoxazole antivenom antitoxin immunoglobulin ivig vasopressors sumatriptan tpn bicarbonate tenecteplase dexedrine zyban lexotan tramal zaldiar temazepam botox botulinum oxys oxy percs perc xans xannies addies vikes roxies laudanum opium morphia digitalis belladonna diamox acetazolamide dipyrone metamizole dipirona novalgina tramadolol enalaprilat losartana metildopa furosemida omez enap captopril atorva telma amlong ecosprin glycomet augmentine marcumar euthyrox tavor lyrica pred adcal tamiflu relenza paxlovid lagevrio keflex zithromax azee augmentin macrobid macrodantin monodox vibramycin flagyl diflucan zovirax valtrex famvir biktarvy descovy truvada genvoya prezista tivicay entresto verquvo repatha praluent leqvio nexletol vascepa tricor lopid niaspan zetia vytorin caduet exforge benicar micardis avapro atacand edarbi tekturna bystolic zebeta tenoretic ziac lotensin vasotec accupril mavik aceon catapres minipress cardura hytrin bumex demadex zaroxolyn dyazide maxzide kerlone ranexa imdur isordil nitrostat multaq tikosyn betapace rythmol tambocor savaysa bevyxxa effient aggrenox pletal trental invokana steglatro synjardy xigduo trulicity bydureon byetta adlyxin soliqua xultophy tradjenta onglyza nesina glucotrol amaryl diabeta prandin starlix precose glyset symlin afrezza fiasp admelog lyumjev apidra humulin novolin cytomel tirosint unithroid levoxyl tapazole propylthiouracil carbimazole evista fosamax boniva actonel reclast prolia evenity forteo tymlos humira enbrel remicade cimzia simponi stelara cosentyx taltz skyrizi tremfya dupixent xolair nucala fasenra orencia actemra kevzara rinvoq xeljanz olumiant otezla plaquenil arava azulfidine imuran cellcept rheumatrex trexall colcrys uloric zyloprim krystexxa medrol deltasone decadron kenalog singulair advair symbicort breo trelegy spiriva anoro stiolto combivent atrovent proair proventil xopenex pulmicort flovent qvar arnuity asmanex dulera seretide ventolin salamol clenil fostair relvar prozac sarafem paxil celexa lexapro luvox pristiq cymbalta fetzima savella wellbutrin remeron trintellix viibryd auvelity spravato elavil pamelor tofranil anafranil norpramin nardil parnate marplan emsam buspar vistaril klonopin librium restoril halcion ambien lunesta sonata belsomra dayvigo rozerem silenor zyprexa risperdal geodon abilify rexulti vraylar latuda saphris invega clozaril haldol thorazine lithobid depakote tegretol trileptal keppra briviact vimpat topamax zonegran neurontin gralise dilantin mysoline felbatol gabitril onfi banzel fycompa xcopri epidiolex ritalin concerta focalin metadate daytrana vyvanse adderall evekeo strattera qelbree intuniv tenex provigil nuvigil xyrem sunosi imitrex maxalt zomig relpax amerge frova axert nurtec ubrelvy qulipta aimovig ajovy emgality percocet vicodin norco oxycontin roxicodone dilaudid opana nucynta ultram ultracet duragesic butrans suboxone subutex zubsolv vivitrol revia antabuse campral soma skelaxin zanaflex lioresal flexeril amrix viagra levitra stendra avodart proscar propecia jalyn uroxatral rapaflo vesicare detrol ditropan myrbetriq toviaz enablex premarin estrace vivelle climara prempro provera prometrium depo-provera nuvaring yaz yasmin mirena nexplanon paragard clomid femara arimidex aromasin tamoxifen nolvadex androgel testim propylene linzess amitiza trulance xifaxan viberzi lotronex asacol lialda pentasa entyvio reglan carafate protonix aciphex dexilant procrit aranef aranesp epogen neupogen neulasta gleevec ibrance verzenio kisqali lynparza keytruda opdivo tecentriq herceptin avastin rituxan revlimid velcade xtandi zytiga lupron casodex tagrisso imbruvica jakafi methergine pitocin cytotec cervidil brethine abatacept acenocoumarol aliskiren alprostadil amantadine ambrisentan amikacin amisulpride anagrelide anakinra apomorphine apremilast aprepitant armodafinil artesunate atovaquone azelastine aztreonam bedaquiline benserazide benzathine betahistine bethanechol bexarotene bicalutamide biperiden bivalirudin bosentan bromocriptine busulfan butalbital cabergoline calcipotriol calcitriol carfilzomib caspofungin chlorambucil chloramphenicol betnovate dermovate eumovate fucidin fucibet fucithalmic bactroban evra butec hidrasec norethisterone microgynon cerazette marvelon dianette depo movelat oramorph sevredol zomorph mst gtn sando-k adcal-d3 slow-k buccastem stemetil cyclizine rytary kivexa co-amoxiclav co-amox klexane clexane fragmin innohep lmwh arixtra chlorpropamide cholestyramine ciclopirox cilostazol cinacalcet cladribine clobazam clorazepate cobicistat colesevelam colestipol colistin cyproheptadine cyproterone cytarabine dalbavancin danazol dantrolene darifenacin deferasirox degarelix desogestrel dexmedetomidine dexmethylphenidate diazoxide didanosine diflunisal dihydroergotamine dipyridamole disopyramide dosulepin dronedarone droperidol elagolix entacapone epoprostenol ergotamine esketamine ethinylestradiol etonogestrel etoposide etravirine everolimus fesoterodine finerenone fingolimod flavoxate flucytosine fluocinolone fluocinonide flupenthixol flutamide fosphenytoin framycetin fulvestrant fusidic galantamine glatiramer glycopyrrolate goserelin hydroxocobalamin ifosfamide iloprost imiquimod irinotecan isocarboxazid lanreotide lenalidomide leucovorin leuprolide linaclotide lorcaserin lubiprostone macitentan maraviroc mefenamic megestrol melphalan mercaptopurine mesna metaxalone methamphetamine methenamine methylergonovine methylnaltrexone mexiletine micafungin midodrine milrinone mitoxantrone nabilone naloxegol nateglinide nefopam neostigmine nicorandil nintedanib nitazoxanide norethisterone oritavancin orphenadrine oxandrolone pancuronium papaverine pazopanib pegfilgrastim peginterferon pemetrexed penicillamine pentamidine pentazocine pentoxifylline perampanel phentolamine physostigmine pilocarpine pimecrolimus pimozide pizotifen pramlintide procainamide procyclidine propafenone propantheline prucalopride pyridostigmine pyrimethamine quinidine rasburicase rifabutin rifapentine rilpivirine riociguat roflumilast rotigotine rufinamide safinamide selegiline selexipag sevelamer silodosin sirolimus somatropin stavudine sugammadex sulindac sulpiride tazarotene tedizolid teicoplanin terbutaline teriflunomide thalidomide thioguanine thiothixene tiagabine ticlopidine tirofiban tolbutamide tolcapone topotecan toremifene tranylcypromine travoprost treprostinil trihexyphenidyl triptorelin trospium ulipristal umeclidinium ursodiol ursodeoxycholic vecuronium venetoclax vericiguat vigabatrin vinblastine zileuton zuclopenthixol coamoxiclav trimetazidine dihydrocodeine methylthioninium glyceryltrinitrate gtn levomethadone torasemid acenocumarol espironolactona hidroclorotiazida dexketoprofeno dafalgan spasfon smecta kardegic previscan levothyrox inexium mopral lasilix temesta lexomil stilnox imovane seroplex deroxat laroxyl solupred tilidin novaminsulfon torem metohexal xipamid pantozol opipramol melperon pipamperon decortin
magnesium-sulphate retin-a differin epiduo soolantra metrogel elidel protopic eucrisa temovate lidex diprolene xalatan lumigan travatan cosopt combigan alphagan restasis xiidra patanol citalo prega gabapin thyronorm eltroxin glycomet januvia galvus ecosprin clopilet rosuvas stamlo concor metolar amlokind cilacar losar telmikind pantocid rablet montair levolin asthalin budecort foracort azithral taxim cifran norflox ciplox zifi mox novamox candiforce zerodol-p
`;

/** Sold without a prescription in many countries. An amount or a frequency still makes a dose of them. */
export const OTC_DRUGS = `
aspirinas ibuprofenos
ibuprofen advil motrin nurofen brufen ibu acetaminophen tylenol paracetamol panadol calpol tempra doliprane efferalgan dolo crocin combiflam apap aspirin asa bayer ecotrin disprin aspirine acetylsalicylic naproxen aleve excedrin diclofenac voltaren ketoprofen
diphenhydramine benadryl cetirizine zyrtec loratadine claritin fexofenadine allegra levocetirizine xyzal chlorpheniramine chlorphenamine piriton doxylamine unisom nyquil dayquil zzzquil
pseudoephedrine sudafed oxymetazoline afrin guaifenesin mucinex dextromethorphan robitussin delsym
omeprazole prilosec esomeprazole nexium lansoprazole prevacid famotidine pepcid ranitidine zantac cimetidine calcium-carbonate tums gaviscon maalox mylanta pepto bismuth simethicone
loperamide imodium bisacodyl dulcolax senna senokot docusate colace miralax polyethylene glycerin psyllium-husk
hydrocortisone cortisone clotrimazole lotrimin miconazole monistat terbinafine lamisil bacitracin neosporin polysporin benzocaine lidocaine lignocaine benzoyl salicylic calamine capsaicin minoxidil rogaine
meclizine dramamine dimenhydrinate nicotine-gum nicorette orlistat phenazopyridine cromolyn nasacort flonase xylometazoline levonorgestrel chlorhexidine peridex tranexamic activated-charcoal hyoscine buscopan mebeverine melatonin creatine ashwagandha glucosamine chondroitin coq10 ginkgo valerian kava berberine echinacea kratom cbd thc cannabidiol co-codamol cocodamol solpadeine anadin nurofen lemsip calprofen paracetamols ibuprofens anbesol bonjela strepsils zantac gaviscon rennie alka-seltzer alkaseltzer pepto-bismol theraflu benylin vicks sinutab piriteze clarityn beconase otrivine imodium dioralyte senokot laxido movicol fybogel anusol germolene savlon canesten daktarin corsodyl hydroxyzine-otc rehydralyte metamucil benefiber tagamet aspro saridon sinarest vicks-action meftal flexon zerodol brufen combiflam disprin dcold crosin calpol pcm aleve midol bufferin anacin vivarin nodoz zquil sominex
`;

/** Vitamins, minerals and herbal products: food by nature, a dose once they are taken as a product. */
export const SUPPLEMENTS = `
vitamin vitamins magnesium zinc iron calcium potassium selenium iodine folate folic folacin b12 cobalamin cyanocobalamin biotin niacin thiamine riboflavin omega fish-oil melatonin ashwagandha turmeric curcumin glucosamine chondroitin probiotic probiotics creatine coq10 ginkgo ginseng valerian kava berberine echinacea elderberry dha epa multivitamin cbd thc cannabidiol kratom psyllium st-johns-wort sulfate sulphate gluconate citrate glycinate cholecalciferol ergocalciferol d3 b6 k2 lysine quercetin collagen inositol taurine supplement supplements edible edibles gummy gummies vitamina vitamine vitaminas hierro eisen magnesio zink fer
`;

/** Prescription classes. A class name with "you need" is a prescription without any amount. */
export const PRESCRIPTION_CLASSES = `
antibiotic antibiotics antibiotico antibioticos antibiotique antibiotiques antibiotika antibiotikum antibiotici antiviral antivirals antifungals steroid steroids corticosteroid corticosteroids esteroides steroide statin statins estatina statine statina anticoagulant anticoagulants anticoagulation anticoagulante thrombolysis thrombolytics antiplatelet antiplatelets
antidepressant antidepressants antidepresivo antidepresivos antidepresseur antidepresseurs ssri ssris snri snris maoi maois antipsychotic antipsychotics benzodiazepine benzodiazepines benzo benzos opioid opioids opiate opiates stimulants tranquilizer tranquilizers sedative sedatives anticonvulsant anticonvulsants antiepileptic antiepileptics
diuretic diuretics antihypertensive antihypertensives bisphosphonate bisphosphonates immunosuppressant immunosuppressants biologic biologics dmard dmards chemotherapy chemo immunotherapy antiretroviral antiretrovirals arv arvs triptan triptans sulfonylurea sulfonylureas glp1 bronchodilator bronchodilators vasopressor vasopressors pressors betablocker betablockers betablocker betabloquant betabloqueante betablocker arb arbs ppi ppis hrt prep contraceptive contraceptives antimalarial antimalarials macrolide quinolone cephalosporin nitrate nitrates inhaler inhalers doac doacs noac noacs gliptin gliptins gliflozin gliflozins sglt2 dpp4 tki tkis biosimilar cytotoxic opioids barbiturate barbiturates tricyclic tricyclics thiazide thiazides sartan sartans acei aceis calcineurin uppers downers antithyroid antiemetic antiemetics antispasmodic antispasmodics penicillins cephalosporins macrolides quinolones tetracyclines fluoroquinolone fluoroquinolones aminoglycosides antitubercular puffer preds roids abx anticoags
`;

/** Classes that are mostly sold without a prescription. */
export const OTC_CLASSES = `
antihistamine antihistamines painkiller painkillers analgesic analgesics antacid antacids nsaid nsaids laxative laxatives decongestant decongestants expectorant antidiarrheal antifungal
`;

/** Words of a person's own medication: harmless alone, the object of "stop", "skip" and "double". */
export const MEDICINE_WORDS = `
medicine medicines medication medications med meds drug drugs pill pills tablet tablets treatment therapy prescription prescriptions rx remedy dawai dawa dawaai goli medicamento medicamentos medicament medicaments medikament medikamente remedio remedios medicina medicinas farmaco traitement tratamiento tratamento behandlung terapia medikation pilule comprimidos pastillas
`;

/** Several words, one medicine: "beta blocker". Last column of the phrase table. */
export const PRESCRIPTION_PHRASES = [
  'beta blocker',
  'beta blockers',
  'blood thinner',
  'blood thinners',
  'ace inhibitor',
  'ace inhibitors',
  'calcium channel blocker',
  'calcium channel blockers',
  'proton pump inhibitor',
  'proton pump inhibitors',
  'blood pressure pill',
  'blood pressure pills',
  'blood pressure medicine',
  'blood pressure medication',
  'blood pressure meds',
  'bp meds',
  'bp pill',
  'bp tablet',
  'bp medicine',
  'water pill',
  'water pills',
  'thyroid pill',
  'thyroid pills',
  'thyroid medication',
  'thyroid medicine',
  'thyroid hormone',
  'sleeping pill',
  'sleeping pills',
  'sleeping tablet',
  'sleeping tablets',
  'heart pill',
  'heart pills',
  'heart medication',
  'heart medicine',
  'diabetes pill',
  'diabetes pills',
  'diabetes medication',
  'diabetes medicine',
  'seizure medicine',
  'seizure medication',
  'seizure meds',
  'anxiety meds',
  'anxiety medication',
  'depression meds',
  'cholesterol pill',
  'cholesterol pills',
  'cholesterol medicine',
  'cholesterol medication',
  'pain patch',
  'water tablet',
  'water tablets',
  'heart tablets',
  'bp tablets',
  'blood pressure tablets',
  'blood pressure tablet',
  'muscle relaxant',
  'muscle relaxants',
  'muscle relaxer',
  'muscle relaxers',
  'mood stabilizer',
  'mood stabilizers',
  'mood stabiliser',
  'birth control pill',
  'birth control pills',
  'oral contraceptive',
  'oral contraceptives',
  'estrogen therapy',
  'hormone therapy',
  'hormone replacement',
  'testosterone therapy',
  'iron infusion',
  'iron infusions',
  'z pak',
  'steroid cream',
  'steroid injection',
  'steroid shot',
  'cortisone shot',
  'cortisone injection',
  'antibiotic cream',
  'eye drops',
  'calcium gluconate',
  'magnesium sulfate',
  'magnesium sulphate',
  'tranexamic acid',
  'valproic acid',
  'zoledronic acid',
  'mycophenolate mofetil',
  'blood transfusion',
  'iv antibiotics',
  'iv fluids',
  'rescue inhaler',
  'reliever inhaler',
  'clot buster',
  'clot busting',
  'nerve pain medicine',
  'dialysis',
  'il antidepresivo',
  'pastilla de la presion',
  'pastillas para la presion',
  'pilule',
  'blutverdunner',
  'bp ki dawa',
  'bp ki goli',
  'sugar ki dawa',
  'sugar ki goli',
  'tension tablets',
  'pain medication',
  'pain meds',
  'pain medicine',
  'hiv medication',
  'glp 1',
  'weight loss injection',
  'weight loss shot',
  'on the pill',
  'off the pill',
  'birth control',
  'adhd medication',
  'adhd medicine',
  'adhd meds',
  'asthma medication',
  'asthma medicine',
  'heart meds',
  'bp pills',
  'sugar pills',
  'sugar tablets',
  'sugar tablet',
  'diabetes meds',
  'diabetes tablets',
  'psych meds',
  'antiseizure medication',
  'gout medicine',
  'acne medication',
  'allergy shots',
  'fertility drugs',
  'hormone therapy',
  'hormone pills',
  'nerve pills',
  'nerve tablets',
  'migraine medication',
  'cholesterol tablets',
  'cholesterol tablet',
  'cholesterol meds',
  'thyroid tablets',
  'thyroid tablet',
  'thyroid meds',
  'blood thinning tablets',
  'antimalarial tablets',
  'steroid tablets',
  'steroid tablet',
  'steroid inhaler',
  'blue inhaler',
  'brown inhaler',
  'iv drip',
  'clot buster',
  'direct oral anticoagulant',
];
