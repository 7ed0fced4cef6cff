/**
 * Words of the body and of what goes wrong in it, by meaning. One meaning holds its words in every language that is read,
 * so that a rule about chests and pain is one rule. "_" joins a phrase, "~" takes English endings, "*" any ending.
 */
export const BODY = {
  chest:
    'chest breastbone sternum ribcage pecho torax poitrine brust brustkorb peito petto seene sine seena chhati chati chaati 胸 胸口 胸部 心口 lungs lung shoulder_blades',
  heart: 'heart pulse heartbeat corazon pulso coeur pouls herz puls coracao cuore dil dhadkan 心脏 心跳 脉搏',
  arm: 'arm arms hand hands brazo bras braco braccio haath baazu 手 手臂 胳膊',
  leg: 'leg legs foot feet thigh ankle pierna piernas jambe jambes bein beine perna pernas gamba gambe taang pair 腿 脚',
  side: '1_side left_side right_side side half lado cote seite lato taraf hissa 半边 一侧 左边 右边 一边 mitad moitie halfte metade meta',
  face: 'face faces mouth smile smiles eyelid cheek cara boca visage bouche gesicht mund mundwinkel rosto viso faccia bocca chehra muh munh muh 脸 嘴 嘴角 面部',
  lips: 'lips lip fingers fingertips fingernails nails skin labios piel levres peau lippen haut labbra pele honth hoth 嘴唇 皮肤 脸色',
  throat: 'throat airway windpipe garganta gorge hals kehle rachen gola gala gale 喉咙 嗓子 喉',
  tongue: 'tongue tongues lengua langue zunge lingua jeebh 舌头 舌 tounge toung',
  eye: 'eye eyes ojo ojos oeil yeux auge augen olho olhos occhio occhi aankh aankhen 眼睛 眼',
  speech:
    'speech words word talk talks talking speak speaks speaking speech voice sentence sentences habla hablar parle parler parole sprechen spricht sprache redet fala falar parla parlare bolna bol baat 说话 讲话 口齿',
  vision:
    'vision sight eyesight see seeing sees vista vision vue voit sehen sieht visao enxergar ver nazar dikh dikhai 看见 看 视力 视野',
  head: 'head skull brain cabeza tete kopf cabeca testa sar 头 脑袋',
  headache: 'headache headaches kopfschmerz* cefalea sardard 头痛 头疼',
  neck: 'neck spine nuque nacken nuca gardan 脖子 颈',
  belly:
    'stomach belly abdomen abdominal tummy gut flank barriga vientre estomago ventre bauch pancia pet 肚子 腹部 腹 小腹',
  back: 'back espalda dos rucken costas schiena kamar',
  testicle: 'testicle testicles testicular ball balls nut scrotum 睾丸',
  pupil: 'pupil pupils',
  water_body: 'pool bath bathtub lake river pond sea tub canal piscina piscine badewanne schwimmbad 泳池 水里 河里',
  breath:
    'breath breaths breathe breathes breathing breathed breathless air respir* aire atme* atmet atmung luft saans sans saas ar_puro fiato 呼吸 气 气喘',
  blood: 'blood sangre sang blut sangue khoon khun 血 鲜血',
  bleed:
    'bleed bleeds bleeding bled haemorrhag* hemorrhag* sangr* saigne* blute* blutet blutung hemorragia 出血 流血 nosebleed nose_bleed',
  baby: 'baby babies newborn infant infants neonate preemie bebe bebes recien_nacido nourrisson saugling neugeborenes recem_nascido neonato shishu navjat weeks_old week_old days_old day_old month_old months_old semanas_de_vida 婴儿 宝宝 新生儿',
  child:
    'child kid toddler son daughter boy girl little_1 little_ones little_one grandson granddaughter niece nephew year_old years_old yr_old twins hijo hija nino nina nieto nieta fils fille enfant garcon kind sohn tochter filho filha crianca menino menina neto neta bambino bambina figlio figlia bacha bachcha bacche bete beta beti 孩子 儿子 女儿 小孩',
  pregnant:
    'pregnant weeks_pregnant pregnancy trimester embarazada enceinte schwanger gravida incinta garbhvati 怀孕 孕妇 postpartum gave_birth just_had_the_baby had_a_baby had_the_baby',
  fetus: 'baby cord placenta',

  pain: 'pain pains painful hurt hurts hurting ache aches aching pressure pressing tight tightness tightening squeeze squeezed squeezing squeezes crush crushing crushed heavy heaviness burning band weight elephant vice vise clamp clenching discomfort stabbing dolor dolores duele duelen opresion presion apreta aprieta mal douleur douleurs serre oppression schmerz schmerzen druck druckt sticht stechen enge dor dores doi doendo aperto pressao dolore dolori male fitta dard jalan dabaav dabav dukh 痛 疼 闷 绞痛 剧痛 压 刺痛 killing_me tearing ripping tighter cramping burns throbbing tite tigth',
  severe:
    'severe severely terrible terribly horrible awful awfully worst excruciating agony unbearable intense extreme extremely massive crushing tearing ripping splitting violent violently badly really_bad so_bad insane screaming fuerte fuertes mucho intenso insoportable forte fort forts violente atroce starke starken stark heftige heftig schlimmste unertraglich muito insuportavel intensa molto terribile bahut tez zor_ka zor_se 剧烈 厉害 严重 特别',
  sudden:
    'sudden suddenly all_of_a_sudden out_of_nowhere abruptly woke_up woken_up repente de_golpe soudain soudainement d_un_coup plotzlich auf_einmal repentina subito improvvis* achanak 突然 忽然',
  weak: 'weak weakness numb numbness paralysed paralyzed paralysis paralisis tingly tingling tingle pins_and_needles gone_dead went_dead useless dead_weight entumecid* debil dormido engourdi* faible paralyse taub schwach gelahmt dormente fraca fraco formigando addormentato debole sunn kamzor lakwa laqwa 麻 麻木 无力 没力气 没有力气 瘫 瘫痪 动不了 不能动 does_not_do_what will_not_do_what keeps_dropping dropping_things dropping_her dropping_his feels_dead like_jelly duerme dormida hormigueo kribbelt',
  droop:
    'droop droops drooping drooped droopy sag sags sagging sagged slid sliding slipped lopsided crooked twisted uneven dropped dropping fallen slumped melted wonky caida caido torcida torcido deforme paralysee tombe tombante travers affaisse* hangt hangend herab* schief torta torto storta storto tedha tedhi latak 歪 歪了 歪斜 下垂 tordue tordu dribbling drooling asymmetric asymmetrical hangs hanging',
  garbled:
    'slur slurs slurred slurring garbled jumbled mush mushy gibberish nonsense mumbling muddled mixed_up wrong_words incoherent incoherently babble babbling lallt undeutlich verwaschen wirr arrastra arrastrada balbucea enrolada embolada enrolado confuse incomprensible* incomprehensible* ladkhada* 含糊 不清 不清楚 胡话 口齿不清',
  odd: 'funny weird strange wrong odd raro bizarre komisch estranho strano ajeeb',
  twisted_look: 'lopsided crooked uneven wonky droopy',
  move: 'move moves moving lift raise raising walk stand feel feels grip hold squeeze smile talk speak mover sentir bouger sentir bewegen spuren mexer muovere hila hilta hila_pa mehsoos see bouge bougent bewegt mexe muove',
  lose: 'lose loses losing lost gone went perdi perdio perdu verloren perdeu perdi perso',
  blind: 'blind blinded ciego aveugle cego cieco andha 失明',
  double_vision: 'double',
  blue: 'blue bluish purple grey gray ashen dusky mottled azul azules morado morados moradas bleu bleue bleus bleues violet violets blau blaue lila roxo roxa roxos azulad* blu viola neela neele neeli 紫 青 发紫 发青 发绀 发黑',
  pale: 'pale white_as clammy cold_sweat sweaty sweating sweats sweat drenched palid* suda sudando sudor sueurs transpire pale blass schwitzt kaltschweiss* schweiss suando suor palid* sudando sudore paseena pasina paseene 冷汗 出汗 苍白',
  swell:
    'swell swells swelled swelling swollen puff puffs puffing puffed puffy ballooning balloons balloon huge fat closing closes closed close shut shutting tightening tight thick hinchad* hincha hinchando cierra cerrando gonfl* enfle* ferme serre schwillt geschwollen zuschwell* schwellung inchad* inchando fechando fecha gonfi* chiude sooj* suj* band_ho 肿 肿了 肿胀 tighter closing_up',
  itch: 'hives itchy itching rash welts urticaria urticaire nesselsucht nesselausschlag ronchas orticaria 荨麻疹 scratching scratches',
  faint:
    'faint fainting faints dizzy dizziness lightheaded light_headed woozy pass_out passing_out black_out blacking_out wobbly spinning mareado mareada vertiges etourdi* schwindlig schwindelig tonto tontura chakkar 头晕 shaky shaking trembling',
  vomit:
    'vomit vomits vomited vomiting throw_up throws_up throwing_up threw_up thrown_up puke puking puked being_sick been_sick bringing_up brought_up retching sick vomita vomitando vomissements vomit erbricht erbrochen kotzt vomitou vomitando ulti 呕吐 吐',
  cough_up:
    'cough coughs coughed coughing spit spits spat spitting hack vomit vomits vomited vomiting throw_up throwing_up threw_up throws_up puke puking puked bringing_up brought_up peeing pooping pass passing passed pee poop toilet vomita vomitando vomito tose tosiendo escupe crache crachant tousse vomit spuckt erbricht hustet erbrochen tosse tossindo cuspindo vomitando ulti khansi 咳 咳出 吐 呕 便',
  fever:
    'fever feverish temperature temp temps hot_skin fiebre calentura fievre fieber febre febbre bukhar 发烧 发热 高烧 boiling_hot burning_up burning_hot roasting',
  confused:
    'confused confusion disoriented disorientated delirious delirium hallucinating rambling incoherent talking_nonsense talking_gibberish talking_rubbish nonsense gibberish out_of_it not_making_sense not_make_sense makes_no_sense making_no_sense what_day_it_is doesnt_know_where confundid* delira delire* desorient* verwirrt wirr confuso 胡话 糊涂 神志不清 seeing_things seeing_bugs seeing_stuff hearing_things acting_drunk acting_strange talking_to_people had_a_fit does_not_know_where not_know_where does_not_know_who not_know_who seeing_spiders seeing_insects seeing_people does_not_recognise does_not_recognize not_recognise not_recognize',
  drowsy:
    'drowsy drowsiness sleepy lethargic groggy sluggish listless nodding_off barely_awake half_asleep hardly_awake hard_to_rouse hard_to_wake hard_to_wake_up difficult_to_wake stay_awake staying_awake keep_awake eyes_open somnolent* somnolient* schlafrig benommen sonolent* sust 昏昏沉沉 嗜睡 keep_my_eyes_open keep_her_eyes_open keep_his_eyes_open',
  collapse:
    'collapse collapsed collapses collapsing pass_out passed_out passing_out passes_out black_out blacked_out blacks_out blacking_out faint fainted keeled_over knocked_out out_cold hit_the_floor face_down lost_consciousness losing_consciousness loses_consciousness lose_consciousness fell_unconscious desmay* perdio_el_conocimiento evanoui* s_effondre effondre* perdu_connaissance ohnmachtig umgekippt zusammengebrochen kollabiert svenut* svenne behosh gir_gaye gir_gayi 晕倒 昏倒 晕过去 倒下 倒在 slumped dropped_to_the_floor',
  unconscious:
    'unconscious unresponsive comatose lifeless limp floppy inconsciente inconscient* bewusstlos leblos schlaff desacordad* incosciente privo_di_sensi behosh behoshi 昏迷 没有意识 没意识 失去意识 叫不醒 不省人事',
  respond:
    'respond responds responding wake wakes waking wake_up waking_up woken rouse rousing react reacts reacting conscious reacciona responde despierta despertar reagit repond reveille reagiert wacht aufwachen antwortet reage acorda acordar risponde sveglia jaag uth jawab 反应 醒 come_round come_to coming_round come_around coming_to opening_his_eyes open_her_eyes stir stirring reponds reply replies',
  seizure:
    'seizure seizures seizing convuls* fitting having_a_fit eyes_rolled eyes_rolling eyes_rolled_back shaking_all_over jerking twitching foaming krampfanfall krampft krampfe krampfanfalle crise_d_epilepsie ataque_epileptico convulsion* mirgi_ka_daura daura crise_convulsiva 抽搐 抽筋 癫痫发作',
  gasp: 'gasp gasps gasping suffocat* chok~ choke chokes choked choking smothering agonal grunting strangl* ahoga ahogando ahogandose atragant* asfixi* etouff* s_etouffe erstick* engasg* sufoc* soffoc* strozz* dam_ghut 窒息 噎 噎住 呛',
  wheeze:
    'wheeze wheezing wheezes wheezy asthma asthma_attack asthma_pump stridor sibilanc* asma asthme dama 哮喘 哮喘发作 喘',
  short_breath:
    'short_of_breath shortness_of_breath out_of_breath breathless dyspnea dyspnoea fights_for_breath essouffle kurzatmig atemnot falta_de_aire falta_de_ar 呼吸困难 喘不过气 喘不上气 上不来气 透不过气',
  stop: 'stop stops stopped stopping quit ceased cease dejo_de deja_de arrete arret aufgehort hort parou para parar smette ferma band ruk ruka ruki 停 停止 停了',
  much: 'lot lots loads heavily everywhere pumping spurting spurts spraying gushing gushes pouring pours squirting soaked soaking soaks soak pool pools puddle puddles cup cups cupful cupfuls bucket buckets pint pints so_much too_much profusely nonstop clots litre litres bright_red mucha mucho muchisimo beaucoup enormement viel stark muita muito tanto molto bahut zyada 很多 大量 好多 不止 喷 sprays jets squirts coming_through through_the every_dressing clot tourniquet',
  hole: 'chainsaw saw knife machete glass axe blade grinder sword artery wound gash cuchillo couteau messer faca coltello chaku',
  bone: 'bone hueso os knochen osso haddi 骨头',
  protrude: 'sticking poking showing exposed through out_of_the_skin',

  grab: 'grab grabs grabbed grabbing clutch clutching clutched clutches holding clawing agarrando agarra tient serre fasst pakde',
  jaw: 'jaw jaws mandibula machoire kiefer mandibola jabda jabde',
  ribs: 'ribs rib',
  suck: 'suck sucks sucking pulling in indrawing caving',
  slow: 'slow slowly shallow once every seconds 1_breath 2_breaths stops_and_starts weird strange funny irregular rattling gurgling snoring',
  turned:
    'turned turning turns went gone going goes go has_gone is are look looks looking getting pone puso esta estan devient est sont wird ist sind ficou ficando esta diventa ho_gaya ho_gaye hua ho_rahi pad touched',
  slurred: 'slurring slurred slur slurs',
  feel: 'feel feels sensation',
  body: 'body legs arms limbs neck anything',
  sentence: 'sentence sentences words 3_words 2_words 1_word full_sentence phrase whole_sentence string_words',
  worst: 'worst peor pire schlimmste schlimmsten pior peggior',
  unequal: 'bigger larger different unequal blown one_bigger dilated fixed uneven huge',
  tiny: 'pinpoint pinned tiny pinprick',
  seizing:
    'seizing convulsing fitting having_a_fit foaming eyes_rolled eyes_rolled_back eyes_rolling shaking_all_over jerking_all_over convulsiona convulsionando krampft 抽搐 had_a_fit having_fits a_fit having_another jerking',
  collapsed_now:
    'collapsed passed_out blacked_out keeled_over fainted out_cold knocked_out lost_consciousness losing_consciousness desmayo desmaiou evanoui evanouie umgekippt zusammengebrochen svenuto svenuta behosh gir_gaye slumped slumped_over went_down dropped_to_the_floor dropped_to_the_ground fell_over fell_to_the_ground hit_the_floor on_the_floor lying_on_the_floor on_the_ground',
  moving: 'moving responding breathing conscious waking awake alert reacting_to',
  pain_tight: 'tight closing tightening closed itchy closing_up lump_in serree eng zu fechando cerrando tighter',
  swallow: 'swallow swallowing tragar avaler schlucken engolir inghiottire nigal',
  overdosed: 'overdosed overdosing od_on oded odied sobredosis od',
  whole:
    'whole_bottle entire_bottle full_bottle whole_pack whole_packet whole_box entire_pack entire_box whole_strip all_of_my all_my all_her all_his handful handfuls fistful frasco_entero bote_entero frasco_inteiro toute_la_boite 整瓶 一整瓶 一瓶',
  got_into: 'got_into got_at got_hold_of gotten_into found chewing chewed swallowed ate drank licked',
  double_dose: 'double triple twice extra wrong_dose too_much',
  not_stopping:
    'will_not_stop not_stop not_stopping cannot_stop can_not_stop will_not_clot not_slowing does_not_stop will_not_slow not_clotting nonstop for_an_hour no_para ne_s_arrete_pas hort_nicht_auf nao_para non_si_ferma ruk_nahi 不止 止不住',
  soak: 'soaked soaking soaks soak saturated filling fills pads pad towels towel',
  deep: 'deep deeply open gaping',
  pulled: 'pulled fished dragged got_out found',
  found: 'found finding discovered',
  injured: 'injury injured cracked hit banged smashed smacked split fractured',
  cut_off: 'cut_off sliced_off chopped_off ripped_off tore_off severed amputated came_off',
  finger: 'finger fingers thumb toe toes',
  tiny_baby:
    'newborn neonate day_old days_old week_old weeks_old 1_month_old 2_month_old 1_month 2_month 1_months 2_months month_old_baby recien_nacido nouveau_ne neugeborenes recem_nascido neonato navjat 新生儿',
  feed: 'feed feeds feeding eat eating drink drinking nurse nursing suckle latch bottle fed',
  foot: 'foot arm leg bottom hand',
  coming_out: 'coming_out hanging_out showing out_first come_out hanging can_see see',
  cord: 'cord umbilical',
  saturation: 'sat sats spo2 saturation o2 oxygen oximeter saturacion sauerstoffsattigung saturacao',
  coma_scale: 'gcs glasgow',
  pressure: 'pressure bp cuff presion tension blutdruck pressao pressione 血压',
  degree: 'degree degrees celsius fahrenheit c f',
  only: 'only just_about',
  hoarse: 'hoarse croaky raspy voice_is_going',
  bleeding_out: 'bleeding_out bleed_out bleeding_to_death spurting gushing pumping_out desangrando verblutet',
  stool: 'stool stools poop poo toilet motion motions stuhl selles fezes heces',
  black: 'black tarry tar schwarz noir noires negra negras preto pretas 黑',
  ear: 'ear ears nose nostril',
  fluid: 'fluid liquid clear_fluid',
  weeks: 'weeks week semanas semaines wochen',
  mouth_sores: 'sores blisters ulcers',
  chest_pain: 'brustschmerz* brustenge herzschmerz* dolor_de_pecho dor_no_peito douleur_thoracique 胸痛 胸闷',
  trouble:
    'trouble difficulty dikkat takleef taklif mushkil pareshani problem schwierigkeiten schwierigkeit difficulte difficultes dificultad dificuldade difficolta',
  no_answer:
    'not_answering will_not_answer does_not_answer barely_answers barely_answer not_answer_us not_answer_me not_answer',
} as const;
