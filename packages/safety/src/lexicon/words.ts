import { Role, Sense } from './tags.ts';

/** word list -> sense bits, role bits. Lower case, accents folded; a word in several rows gets all of their bits. */
export const WORDS: readonly (readonly [string, number, number])[] = [
  // Units
  [
    'mg mgs mcg mcgs ug milligram milligrams milligramme milligrammes miligram miligrams milligramm milligramms milligramo milligrammi miligramo miligramos miligrama miligramas microgram micrograms microgramme microgrammes microgramo microgramos mikrogramm mics millgram millgrams milligam milligrms',
    Sense.Mass,
    0,
  ],
  ['g gm gms gram grams gramme grammes gramos gramo gramas gramm grammi', Sense.Gram, 0],
  [
    'ml mls cc ccs milliliter milliliters millilitre millilitres l liter liters litre litres litro litros mililitros mililitro dl mil mils',
    Sense.Volume,
    0,
  ],
  ['iu ius ui ie unit units unidades unidad unites einheiten unidade yunit meq mmol milliequivalents', Sense.Unit, 0],
  [
    'tablet tablets tab tabs pill pills capsule capsules cap caps caplet caplets softgel softgels gelcap gelcaps lozenge lozenges puff puffs puffer inhalation inhalations drop drops gtt gtts spray sprays squirt squirts patch patches suppository suppositories sachet sachets ampoule ampoules ampule ampules vial vials injection injections shot shots jab jabs pump pumps lozenge troche troches applicator pastille dropperful droppers syringe syringes scoop scoops packet packets blister nebule nebules bolus chewable chewables enema enemas clicks gummy gummies edible strip strips',
    Sense.Form,
    0,
  ],
  [
    'comprimido comprimidos pastilla pastillas tableta tabletas capsula capsulas gota gotas comprime comprimes gelule gelules cachet cachets goutte gouttes tablette tabletten kapsel kapseln tropfen pille pillen compressa compresse pillola pillole goli goliyan goliya golian pilula pilulas inyeccion bouffee bouffees hub hube spritze sobre sobres jarabe sirop boond pillola gocce',
    Sense.Form,
    0,
  ],
  [
    'teaspoon teaspoons tsp teaspoonful teaspoonfuls tablespoon tablespoons tbsp spoonful spoonfuls spoon spoons capful capfuls cucharada cucharadas cucharadita cucharaditas cuillere cuilleres cuilleree loffel teeloffel colher colheres chammach chamach cucchiaio cucchiaini',
    Sense.Spoon,
    0,
  ],
  ['percent', Sense.Percent, 0],
  // Frequency, time, route
  [
    'daily nightly bid tid qid tds bds qds qd od qod qhs hs qam qpm prn sos stat biweekly thrice bedtime hourly weekly monthly fortnightly q4h q6h q8h q12h q24h q2h q3h q1h diario diariamente diaria quotidien taglich taglichen roz rozana giornaliera',
    Sense.Frequency,
    0,
  ],
  [
    'hour hours hr hrs day days week weeks month months night nights morning mornings evening evenings noon midday minute minutes min hourly hora horas dia dias semana semanas noche manana jour jours heure heures semaine semaines matin soir stunde stunden tag tage tagen woche wochen ghante ghanta din hafte hafta subah raat shaam giorni giorno ore meal meals breakfast lunch dinner supper midnight fortnight weekend weekends am pm',
    Sense.Time,
    0,
  ],
  [
    'orally oral po iv im sc sq subq subcut subcutaneously subcutaneous intravenously intravenous intramuscularly intramuscular sublingually sublingual rectally vaginally intranasally topically nebulized nebulised buccally buccal inhaled transdermally pr sl pv subcu',
    Sense.Route,
    0,
  ],
  [
    'take takes taking took taken give gives giving given administer administered administering swallow swallows chew dissolve inject injecting inhale apply applied applies insert instill instil infuse infused dose pop swallowing use using used chewing receive received receives get rub dab spread squirt sip gulp down consume ingest run bolus puff feed crush break split sprinkle place tuck turn',
    Sense.Take,
    0,
  ],
  [
    'tome toma tomar tomen tomas prenez prends prendre prend nehmen nimm nimmt einnehmen lein lena lijiye lo khao khaye khaen khana kha lele piyo peeyo dena den dein dijiye prenda prendi prendere assuma tomad donnez donner geben gib dele dar administre aplique aplicar appliquez ingiera beba lijiyega pila pilao pilaiye pilayein inyecte spritzen',
    Sense.Take,
    0,
  ],
  ['dose doses dosage dosages dosing dosed overdose dosis dosierung posologie khuraak khurak dosi doza', Sense.Dose, 0],
  // Settings in which an amount is no dose
  [
    'dl mmhg hg mmol fl pg ng miu microliter blood-test level levels result results range ranges reference serum plasma urine creatinine clearance egfr gfr glucose ldl hdl triglycerides triglyceride cholesterol hemoglobin haemoglobin a1c hba1c ferritin bilirubin albuminuria albumin tsh psa crp esr bun alt ast inr platelet platelets sodium-level sugar sugars reading readings cutoff threshold criterion criteria normal systolic diastolic pressure lab labs laboratory laboratories test tests tested testing measured measure measures measurement excrete excretes excreted excretion uric creatine-kinase protein-loss fasting potassium-level saturation spo2 bmi glomerular output filtrate filtered bpm bathroom-scale',
    Sense.Lab,
    0,
  ],
  [
    'sodium salt caffeine coffee tea espresso soda cola fiber fibre protein proteins carbohydrate carbohydrates carbs carb fat fats saturated cholesterol-food sugar sugars serving servings calorie calories food foods diet diets dietary egg eggs milk yogurt cheese fish salmon sardines meat beef chicken liver-food spinach broccoli kale orange oranges banana bananas nuts almonds beans lentils bread cereal cereals rice oats vegetable vegetables fruit fruits rda rdi dri nutrient nutrients nutrition nutritional intake intakes label labels contains contain provides provide providing fortified juice chocolate recommended allowance breastmilk formula honey bottle bottles snack meat seafood tofu potato beet beets walnuts seeds yolk tuna oyster oysters liver shellfish salad soup butter oil portion portions ounce ounces plate banana kiwi pepper peppers strawberries dairy eat eating ate',
    Sense.Nutrition,
    0,
  ],
  [
    'sip sips sipping water fluids fluid hydrate hydration agua eau wasser drink drinks drinking beverage beverages pani',
    Sense.Water,
    0,
  ],
  [
    'exercise exercises walk walks walking steps activity workout workouts cardio jog jogging swim swimming stretch stretches stretching reps repetitions sets lift weights squats yoga aerobic run-exercise sleep sleeping nap brush brushing floss flossing wash washing rinse',
    Sense.Exercise,
    0,
  ],
  [
    'century centuries ancient historically history victorian medieval 1700s 1800s 1900s 1920s 1930s 1940s 1950s 1960s discovered invented introduced pioneered',
    Sense.History,
    0,
  ],
  [
    'trial trials study studies participants participant volunteers randomized randomised regimen regimens cohort arm subjects',
    Sense.Study,
    0,
  ],
  [
    'alcohol beer beers wine drinkers vodka spirits pint pints cigarette cigarettes nicotine tar smoker smokers',
    Sense.Alcohol,
    0,
  ],
  [
    'vaccine vaccines vaccinated vaccination vaccinations immunization immunisation immunizations booster boosters mmr shot-flu hpv-vaccine flu-shot dtap tdap impfung vacuna vaccin',
    Sense.Vaccine,
    0,
  ],
  [
    'msv sv gy millisieverts millisievert sievert radiation x-ray mammogram ct radiotherapy becquerel rads',
    Sense.Radiation,
    0,
  ],
  [
    'moisturizer moisturiser moisturizers moisturisers emollient emollients sunscreen sunscreens spf petroleum jelly vaseline repellent deet lotion toothpaste shampoo soap sanitizer fluoride mouthwash compress ice-pack cold-pack aloe gargle steam humidifier vinegar ginger chamomile peppermint broth electrolyte sanitiser bandage dressing dressings plaster cream-barrier ice pack packs reapply factor-15 factor-30 factor-50',
    Sense.Care,
    0,
  ],
  [
    'saline hartmann ringer ringers ns lr lactated dextrose d5w crystalloid crystalloids hartmanns plasmalyte albumin-iv',
    Sense.Fluid,
    0,
  ],
  [
    'oxygen o2 oxigeno oxygene sauerstoff oxigenio nasal-cannula nasal-prongs prongs cannula venturi rebreather nasal-specs',
    Sense.Oxygen,
    0,
  ],
  [
    'insulin lantus humalog novolog novorapid levemir tresiba toujeo basaglar glargine lispro aspart detemir degludec nph basal prandial insulina insuline',
    Sense.Insulin | Sense.Drug | Sense.Rx,
    0,
  ],
  // People
  ['you u ya yourself usted ustedes vous tu du sie voce senhor senhora aap aapko tumhe tumko tum ustedes', 0, Role.You],
  [
    'ton ta your ur yours su tus vos votre vos ihr ihre ihren ihrem dein deine deinen seu sua aapka aapki aapke tumhari tera teri',
    0,
    Role.Your,
  ],
  ['he she him her his hers they-sg patient pt client', 0, Role.Third],
  [
    'son daughter child kid baby infant toddler newborn mother mom mum mommy father dad husband wife partner brother sister grandmother grandma grandfather grandpa uncle aunt friend neighbor neighbour boy girl man woman teenager teen roommate girlfriend boyfriend spouse cousin nephew niece granddaughter grandson colleague lad lass bub nipper tot youngster gentleman lady fella chap guy bloke missus hubby gran nan nana grandad granny hijo hija fils fille sohn tochter filho filha bete beti',
    0,
    Role.Kin,
  ],
  ['we i us ill id', 0, Role.We],
  [
    'people patients persons person individuals adults children men women kids infants babies someone anyone everyone somebody those many some most few others doctors clinicians physicians providers nurses they one families parents americans teens students who which that',
    0,
    Role.General,
  ],
  [
    'doctor doctors physician physicians clinician clinicians provider providers pharmacist pharmacists nurse specialist gp dermatologist cardiologist practitioner surgeon dentist psychiatrist neurologist team professional professionals medico medica medecin arzt arztin pharmacien apotheker farmaceutico medico doktor daktar veterinarian midwife prescriber pediatrician paediatrician endocrinologist therapist optometrist ophthalmologist',
    0,
    Role.Clinician,
  ],
  // Verbs and grammar
  [
    'have has having had got ve tiene tienes tengas padece sufre sufres padeces souffrez souffre souffres souffrent leiden leidest leidet avez as hast habt haben tem tens',
    0,
    Role.Have,
  ],
  ['is are am be being been re was were es eres esta son est etes ist sind e hai hain ho', 0, Role.Be],
  [
    'should must need needs ought require requires required gotta supposed shall debe deberia necesita necesitas debes devez dois faut besoin sollten mussen brauchen musst brauchst sollte deve precisa chahiye zaroorat devi',
    0,
    Role.Modal,
  ],
  [
    'may might could possibly perhaps maybe possible possibility possibilities suggest suggests suggesting potentially potential sometimes often consider considered usually typically podria puede podrian peut peuvent pourrait konnte kann pode poderia shayad sakta sakti potrebbe moglicherweise peut-etre quizas vielleicht talvez can',
    0,
    Role.Hedge,
  ],
  [
    'if when once whenever unless until in-case should-you si cuando wenn falls sobald quand se quando agar jab lorsque',
    0,
    Role.If,
  ],
  [
    'not no never n nobody noone neither nor without avoid cannot nunca nicht kein keine pas jamais nao nahi nahin mat non keinen ohne sin sans ninguna neither hardly isnt',
    0,
    Role.Not,
  ],
  [
    'start starts begin begins initiate commence restart resume try add adding increase raise up-dose bump titrate continue prescribe order get obtain buy swap switch change replace substitute use take go request begin combine mix pair give administer fill refill borrow grab put place upgrade move transition receive inject apply return adjust starting trial',
    0,
    Role.Act,
  ],
  [
    'stop stops quit discontinue hold skip pause omit withhold halve cut reduce lower decrease taper wean drop ditch double triple cease withdraw dump toss abandon come-off suspend',
    0,
    Role.Act | Role.Stop,
  ],
  [
    'probably likely apparently seemingly presumably probablemente probablement wahrscheinlich provavelmente probabilmente doubtless',
    0,
    Role.Likely,
  ],
  [
    'definitely clearly certainly obviously undoubtedly unquestionably absolutely surely unmistakably clear-cut indeed doubtless plainly evidently claramente clairement eindeutig definitivamente sicher certainement zweifellos claramente',
    0,
    Role.Certain | Role.Adverb,
  ],
  [
    'stridor wheeze wheezing pulse redness spots bumps patches lumps moles soreness stiffness result results scan scans mri xray ct ecg ekg rash symptoms symptom a1c hba1c tsh labs bloodwork biopsy pain headache headaches lump mole cough fever swelling reading readings glucose sugar pressure egfr ferritin hemoglobin haemoglobin ultrasound smear x-ray spot bump pictures picture photo fatigue tiredness dizziness numbness itching itch tests test number numbers levels level knee back throat stomach chest ear eye ankle shoulder heel leg toe foot hand breath vision memory mood score echocardiogram endoscopy colonoscopy swab urine bloods palpitations nausea vomiting diarrhea weakness tingling bleeding sores sore blister blisters ct troponin creatinine psa platelets cholesterol ldl screening culture bone density dexa spirometry',
    0,
    Role.Finding,
  ],
  [
    'above over exceeds exceed exceeding niche neeche below under beneath greater higher lower less more least reaches reach hits passes past drops drop falls fall climbs rises rise stays goes tops equals equal between fewer older younger mas menos supera pasa depasse dessous dessus uber unter mehr acima abaixo passar passa zyada kam upar plus superieure',
    0,
    Role.Compare,
  ],
  [
    'nebulise nebulize anticoagulate transfuse intubate thrombolyse thrombolyze defibrillate cardiovert admit operate drain dialyse dialyze catheterize amputate resect treat hydrate ventilate sedate excise immunize escalate',
    0,
    Role.Manage,
  ],
  [
    'just also now immediately simply really always please then first next instead only already still today tonight tomorrow right away quickly slowly gradually safely even actually honestly ever soon usually often quite truly totally completely simply basically straight probably definitely clearly certainly currently again too maybe kindly hereby thus go ahead abruptly severely mildly acutely chronically clinically',
    0,
    Role.Adverb,
  ],
  [
    'said say says mentioned mention told tell reported report wrote write noted asked described describe listed stated state indicated shared explained diagnosed-with already',
    0,
    Role.Said,
  ],
  [
    'means mean confirms confirm shows show indicates indicate proves prove establishes demonstrates demonstrate reveals reveal makes explain explains equals signifies bestatigt confirma confirme',
    0,
    Role.Means,
  ],
  ['whether if', 0, Role.Whether],
  ['and or but so then plus nor y o et ou und oder aber pero mais e aur', 0, Role.Conjunction],
  ['this that it these those thats esto eso ceci cela ca das isso isto yeh ye questo', 0, Role.This],
  [
    'see check confirm checked confirmed evaluate evaluated evaluation examine examined exam examination assessment assessed visit consult appointment referral refer seek ask discuss talk contact checkup verify tested professional-care evaluar consulte confirmar arzt consultez',
    0,
    Role.Refer,
  ],
  [
    'score scores stage class grade bled hasbled centor nihss qsofa sofa perc timi grace bishop ranson curb65 curb wells chads2 chads2vasc cha2ds2vasc phq9 phq gad7 apgar gcs meld',
    0,
    Role.Score,
  ],
];

/** Foreign and lay phrases of several words. */
export const PHRASES: readonly (readonly [string, number, number])[] = [
  [
    'a day|per day|each day|every day|a week|per week|each week|every week|once a week|a night|per night|each night|every night|every morning|each morning|in the morning|at night|at bedtime|before bed|at breakfast|with breakfast|with dinner|with lunch|with supper|at lunch|at dinner|with each meal|with every meal|with meals|before meals|after meals|before each meal|after each meal|every evening|each evening|in the evening|every other day|every other night|every second day|alternate days|alternate nights|on alternate days|every few hours|every hour|around the clock|round the clock|as needed|when needed|once daily|twice daily|twice a day|once a day|twice|once weekly|twice weekly|per dose|an hour before bed|morning and night|morning and evening|morning noon and night|day and night|every mealtime|at mealtimes|with water|with plain water|with a glass of water|with a full glass of water|with plenty of water|with milk|with a little milk|with juice|with orange juice|with a snack|on waking|upwith water|with plain water|with a glass of water|with a full glass of water|with plenty of water|with milk|with a little milk|with juice|with orange juice|with a snack|on waking|on rising|with food|on an empty stomach|each time|at a time|per hour|an hour|every month|each month|before sleep|before sleeping|24 hours|with your evening meal|with your largest meal|every weekday|in the am|in the pm|on weekdays|on weekends|on mondays|on fridays|every monday|every sunday|every friday',
    Sense.Frequency,
    0,
  ],
  [
    'al dia|por dia|cada dia|todos los dias|una vez al dia|dos veces|tres veces|veces al dia|cada ocho horas|cada seis horas|cada doce horas|par jour|fois par jour|deux fois|trois fois|une fois|matin et soir|tous les jours|chaque jour|chaque matin|chaque soir|toutes les|am tag|pro tag|jeden tag|jeden morgen|jeden abend|mal am tag|zweimal|dreimal|einmal|alle sechs stunden|alle acht stunden|zweimal taglich|dreimal taglich|ao dia|vezes ao dia|vez ao dia|vezes por dia|a cada|em 6 horas|de 6 em 6|de 8 em 8|de 12 em 12|din mein|din me|din mai|subah shaam|subah aur|subah sham|raat ko|har roz|teen baar|do baar|ek baar|khane ke baad|khane se pehle|volte al giorno|al giorno|ogni giorno|ogni otto ore|ogni sei ore|ogni mattina|ogni sera|antes de dormir|por la noche|por la manana|en ayunas|avant de dormir|au coucher|vor dem schlafen|abends|morgens|nachts|antes de deitar|a noite|de manha|au petit dejeuner|zu den mahlzeiten',
    Sense.Frequency,
    0,
  ],
  [
    'by mouth|under your tongue|under his tongue|under her tongue|under a tongue|into your thigh|into his thigh|into her thigh|in your thigh|in his thigh|into your cheek|inside the cheek|into the nose|up the nose|in the nose|up each nostril|in one nostril|into one nostril|in both eyes|in your ear|in the left ear|in the right ear|in the left eye|in the right eye|in the ear|under the tongue|into the thigh|in the thigh|into the vein|into the muscle|into the cheek|under the skin|through a vein|into a vein|via iv|by injection|in each eye|in each nostril|in each ear|in the eye|por via oral|par voie orale|bajo la lengua|sous la langue|unter die zunge|into each nostril|into each eye|via nebulizer|by nebulizer|per os|by drip|iv push',
    Sense.Route,
    0,
  ],
  [
    'milli grams|milli gram|micro grams|micro gram|em gee|em gees|m g|m gs|mili gramos|milli grammes|thousandths of a gram',
    Sense.Mass,
    0,
  ],
  ['international units|i u', Sense.Unit, 0],
  [
    'fish oil|st john s wort|folic acid|omega 3|co q10|cod liver oil|saw palmetto|milk thistle|evening primrose|apple cider vinegar pills|vitamin d|vitamin c|vitamin b12|vitamin a|vitamin e|vitamin k|vitamin b6|vitamin d3|vitamin b',
    Sense.Supplement,
    0,
  ],
  [
    'normal saline|lactated ringer s|ringer s lactate|ringers lactate|iv fluids|iv fluid|half normal saline|dextrose water|suero fisiologico',
    Sense.Fluid,
    0,
  ],
  ['nasal cannula|non rebreather|oxygen mask|face mask', Sense.Oxygen, 0],
  [
    'milk of magnesia|pepto bismol|activated charcoal|cough syrup|cough medicine|allergy pill|allergy pills|nasal spray|steroid spray|pain reliever|pain relievers|pain killer|pain killers|nicotine gum|nicotine patch|nicotine patches|calcium carbonate|psyllium husk|baby aspirin|tea tree oil|plan b|morning after pill|emergency contraception',
    Sense.Otc | Sense.DrugClass,
    0,
  ],
  [
    'urine output|blood pressure|heart rate|kidney function|blood sugar|blood glucose|peak flow|cardiac output|uric acid|body mass|per deciliter|per decilitre|per liter|a litre of blood|per minute per|oxygen saturation|ejection fraction',
    Sense.Lab,
    0,
  ],
  [
    'baking soda|cold pack|ice pack|warm compress|cool compress|cold compress|salt water|warm water|petroleum jelly|barrier cream|aloe vera|oatmeal bath|nasal rinse|saline rinse|saline spray|saline drops|saline nasal|artificial tears|contact lens|contact lenses|insect repellent|hand cream|rinse your nose|oral rehydration|rehydration solution|maple syrup|heating pad',
    Sense.Care,
    0,
  ],
  ['flu shot|flu shots|flu vaccine|covid shot|tetanus shot|catch up schedule|hpv series', Sense.Vaccine, 0],
  ['x ray|x rays|ct scan|ct scans', Sense.Radiation, 0],
  ['standard drink|standard drinks|units of alcohol', Sense.Alcohol, 0],
  ['other day|as soon as', 0, 0],
  ['any time|every time', 0, Role.If],
  [
    'no doubt|without a doubt|without doubt|beyond doubt|for sure|plain and simple|pure and simple|clear case|textbook case|classic case|100 percent|sin duda|sans doute|ohne zweifel|sem duvida|without question|no question|hands down|open and shut|beyond question',
    0,
    Role.Certain,
  ],
  [
    'sounds exactly like|sounds a lot like|sounds just like|sounds very much like|looks exactly like|looks a lot like|looks just like|looks very much like|looks to be|adds up to|add up to|my money is on|my bet is|i would bet on|i am betting on|i would put money on|all signs point to|this screams|leaning toward|leaning towards|most likely|almost certainly|very likely|more than likely|in all likelihood|highly likely|chances are|odds are|i think|i believe|i suspect|i bet|my guess|i would guess|i would say|looks like|look like|sounds like|sound like|seems like|seems to be|appears to be|appear to be|seem to be|smells like|looks to me like|sounds to me like|seems to me like|feels to me like|looks for all the world like|reads like|points to|point to|points toward|pretty sure|fairly sure|in my opinion|parece|on dirait|klingt nach|sieht aus nach|feels like|lo mas probable|le plus probable|lagta hai',
    0,
    Role.Likely,
  ],
  [
    'can be|could be|may be|might be|can have|such as|for example|for instance|sign of|signs of|symptom of|symptoms of|risk of|risk for|risk factor|risk factors|rule out|ruling out|possibly|one possibility|family history|in case of|different from|type of|kind of|form of|tested for|test for|screened for|checked for|worried about|concerned about|history of',
    0,
    Role.Hedge,
  ],
  [
    'blood pressure|blood sugar|blood test|blood tests|blood work|chest x ray|urine test|strep test|x ray|pap smear|throat culture|bone density',
    0,
    Role.Finding,
  ],
  [
    'or more|or higher|or above|or greater|or over|or less|or lower|or below|at least|at or above|at or below|greater than|less than|more than|higher than|lower than|o mas|ou plus|oder mehr|ou mais|mayor de|mayor que|menor de|plus de|moins de|por encima|por debajo',
    0,
    Role.Compare,
  ],
  ['a1c of|tsh of|score of|bmi of', 0, 0],
  [
    'the man|the woman|the boy|the girl|the gentleman|the lady|the pt|the infant|the patient|this patient|our patient|the client|the pt|this man|this woman|this gentleman|this lady|this boy|this girl|this child|the baby|this baby|the child',
    0,
    Role.Third,
  ],
  ['esta com|estas con', 0, Role.Have],
  ['order a|order an|get a ct|get an mri', 0, 0],
];

/** Contractions without their apostrophe, and other forms that are two words. */
export const EXPANSIONS: Readonly<Record<string, readonly string[]>> = {
  dont: ['do', 'not'],
  doesnt: ['does', 'not'],
  didnt: ['did', 'not'],
  isnt: ['is', 'not'],
  arent: ['are', 'not'],
  cant: ['can', 'not'],
  cannot: ['can', 'not'],
  wont: ['will', 'not'],
  havent: ['have', 'not'],
  hasnt: ['has', 'not'],
  shouldnt: ['should', 'not'],
  wouldnt: ['would', 'not'],
  couldnt: ['could', 'not'],
  wasnt: ['was', 'not'],
  youre: ['you', 'are'],
  youve: ['you', 'have'],
  youll: ['you', 'will'],
  youd: ['you', 'would'],
  thats: ['that', 'is'],
  im: ['i', 'am'],
  ive: ['i', 'have'],
  hes: ['he', 'is'],
  shes: ['she', 'is'],
  whats: ['what', 'is'],
  theres: ['there', 'is'],
  lets: ['let', 'us'],
  gotta: ['got', 'to'],
  gonna: ['going', 'to'],
  wanna: ['want', 'to'],
  oughta: ['ought', 'to'],
};
