/** Words of what a question asks for. Notation as in `body.ts`. */
export const REQUEST = {
  ask_me:
    'tell_me give_me show_me teach_me quiz_me help_me_understand explain_to_me explain_it_to_me i_am_writing i_am_studying i_have_to_write i_wonder i_am_curious i_read i_heard my_class my_exam my_essay my_novel my_school my_project my_homework my_presentation can_i_learn i_learn i_need_to_learn i_should_know i_am_teaching i_teach i_would_like_to_know i_want_to_know i_want_to_understand i_am_interested i_would_like_to_learn i_want_to_learn i_need_to_know',
  // Doses
  how_much:
    'how_much how_many how_often how_frequently how_far_apart how_many_hours how_big how_large number_of what_amount which_amount amount_of amount quantity what_quantity max maximum most_i most_you the_most upper_limit highest lowest every_how_many how_soon when_can_i_take cuanto cuantos cuanta cuantas cada_cuanto combien a_quelle_frequence wie_viel wieviel wieviele wie_viele wie_oft wie_hoch hochstens hochstdosis quanto quantos quantas quanta quanti quante de_quanto_em kitna kitni kitne kitni_baar din_mein_kitni 多少 几片 几次 几粒 几颗 几毫升 多久吃 吃几 几天 怎么吃 用多少 drops_per daily_limit daily_maximum how_high how_little',
  how_long:
    'how_long how_many_days how_many_weeks for_how_long wie_lange cuanto_tiempo combien_de_temps por_quanto_tempo kab_tak kitne_din',
  dose: 'dose doses dosage dosages dosing dosed posology dosis dosierung dosieren posologie posologia dosaggio dosagem doser khuraak khurak dosi titrate titration titrating microdose starting_dose strength 剂量 用量',
  enough:
    'enough too_much too_little too_high too_low ok okay safe right correct a_lot normal fine alright dangerous bad daily per_day a_day demasiado seguro suficiente trop assez zuviel zu_viel genug muito seguro troppo theek zyada',
  limit:
    'safe right correct proper exact best usual max maximum recommended typical normal standard minimum ideal average',
  flow: 'rate flow_rate infusion drip drip_rate litres_per liters_per l_min ml_per ml_hr',
  fluids: 'fluids fluid maintenance_fluids oxygen infusion saline bolus insulin drip pump heparin dextrose ringer',
  weight:
    'kg kilos kilo pounds lb lbs weighs weigh weight stone pesa pese wiegt year_old years_old month_old months_old yr_old yo toddler child baby kid hijo hija enfant kind crianca bambino bachche bacche 公斤 岁 bebe nourrisson bambina',
  blank: 'blank fill_in complete gap json format table template field csv only_the_number',
  not_dose:
    'sodium salt caffeine sugar fiber fibre protein calories water exercise sleep steps alcohol sunscreen vaccine vaccines booster radiation coffee cells bones hours_of_sleep checkup screened screening smears smear mammogram colonoscopy dentist eyes_checked teeth blood_pressure_checked work_out red_blood litres liters proteina eau wasser agua breaths heartbeats naps',
  takes_time:
    'take_to_work to_work take_for takes_for start_working kick_in last stay_in leave_the_body heal recover be_effective wear_off to_heal to_recover to_leave wirkt wirken tarda dure agir',
  about_dose:
    'determined calculated adjusted decided chosen worked_out measured tested studied established differ vary depends invented discovered mean means meaning defined definition dose_response loading_dose in_pharmacology in_principle trials why history affects',
  // Taking and changing medicines
  use: 'take takes taking give giving have having use using inject injecting swallow swallowing apply put pop eat drink mix mixing combine combining try inhale chew crush split drive tomar tomo toma tomarme dar darle doy usar mezclar prendre prends donner donne utiliser melanger nehmen nehme einnehmen geben verwenden kombinieren tomar dar usar misturar prendere dare usare khana khau khaun khani leni lena lu loon le_sakta le_sakti de_sakta de_sakti de_du dena 吃 服用 喝 用 打',
  change:
    'start starting stop stopping quit quitting skip skipping double doubling halve halving switch switching change changing swap swapping raise raising lower lowering increase increasing decrease reduce reducing cut come_off coming_off go_off going_off get_off getting_off come_off_my go_back go_onto go_on go_up go_down going_up going_down go_from taper wean restart hold holding combine mix split crush replace pause resume continue keep_taking stay_on discontinue leave_it drop add adding adjust up bump extra another be_on start_on dejar suspender cambiar parar interrumpir aumentar arreter augmenter changer diminuer absetzen wechseln aufhoren verdoppeln erhohen reduzieren weglassen parar trocar suspender dobrar aumentar smettere sospendere cambiare band_karu band_kar chhod chod badha badal 停 停药 换 换药 加量 减量 停用 finish go_without finishing begin beginning begins turn_up turn_down',
  may: 'should can could may must shall would do does is are am might need ok okay safe allowed better thinking want like debo puedo deberia conviene puede dois puis peux peut devrais faut soll darf kann muss sollte sollten devo posso deveria pode devo posso kya chahiye sakta sakti sakte 可以 能 该 应该 要不要 能不能 可不可以 需要 fine alright make_sense any_harm any_problem any_risk any_issue sensible reasonable',
  need: 'need needs needed require requires necesito besoin brauche preciso bisogno chahiye zaroorat 需要 要不要',
  drug_kind:
    'medicine medicines medication medications drug drugs pill pills antibiotic antibiotics cream ointment painkiller painkillers statin antidepressant antidepressants inhaler tablet tablets meds med steroid steroids supplement syrup drops treatment ssri remedy antihistamine laxative antacid sleeping_pill sleeping_tablet pain_reliever contraceptive contraception medicamento medicina antibiotico pastilla remedio medicament antibiotique traitement comprime medikament antibiotikum tabletten salbe schmerzmittel remedio medicamento farmaco dawai dawa goli tablet 药 药物 抗生素 gripe_water birth_control mittel',
  choose:
    'what which best strongest safest good better recommend recommended suggest suggestion advise choose name pick recomienda recomiendas recommandez empfehlen empfiehlst recomenda consiglia que cual quel quelle welches welche qual quale kaunsi kaun_si konsi kon_si kaunsa bata batao bataiye suggest_karo 什么 哪种 哪个 推荐',
  for_me:
    'for_me for_my for_him for_her for_us for_this for_it for_a for_an for_the me my him her should_i do_i can_i i_take i_should should_we para_mi pour_moi pour_mon fur_mich fur_meine para_mim per_me mere_liye mujhe 我',
  prescribe:
    'prescribe prescribes prescribing prescribe_me write_me write_a_prescription write_me_a call_in refill rx_for script_for recetame receta recetar recete prescris prescrivez prescrire verschreib* prescreva prescrever prescreve receite receita prescrivi prescrivimi likh_do likh_dijiye 开药 开点 开个 处方 吃什么药 用什么药 吃什么 停药 换药 吃哪种药 开什么药 该吃什么 要吃药 吃药吗 该吃药 用药吗',
  script: 'prescription script refill rx ordonnance rezept receta receita ricetta 处方',
  get: 'write get need want give send renew order fill fake forge make buy obtain score purchase find',
  without_script:
    'without_a_prescription without_prescription without_a_script without_script without_a_doctor without_seeing no_prescription over_the_border off_the_street dark_web sin_receta sans_ordonnance ohne_rezept sem_receita senza_ricetta',
  // Diagnosis
  have_i:
    'do_i_have have_i_got do_i_have_a did_i_have does_he_have does_she_have does_my has_he_got has_she_got have_i_caught am_i_having has_my could_i_have might_i_have can_i_have would_i_have do_we_have do_you_think_i do_you_think_it do_you_think_this do_you_think_my do_you_think_he do_you_think_she u_think you_think_it you_think_i think_it_is could_it_be could_this_be could_that_be could_these_be might_it_be might_this_be can_this_be can_it_be would_this_be is_this_a is_it_a is_this is_it are_these is_that was_that was_this am_i is_he is_she is_my are_my could_my might_my does_this does_it does_that did_my has_this tengo tendre tenemos ai_je est_ce_que_j_ai a_t_il a_t_elle est_ce_un est_ce_une est_ce_que_c_est habe_ich hab_ich hat_mein hat_meine ist_das bin_ich konnte_das tenho sera_que_tenho isso_e e_isso isto_e estou_com sera_que_e ho_il ho_la ho_un ho_una ho_l e_un kya_mujhe mujhe_kya kya_ye kya_yeh kahin_mujhe 是不是 我是不是 有没有 会不会是 我有 这是 could_i_be might_i_be sera seria serait est_ce_grave tiene_mi mi_hijo_tiene mi_hija_tiene hijo_tiene es e_uma e_um c_est_une c_est_un c_est_la ce_serait would_you_say worried_about be_worried_about ist_es sind_das anything_serious something_serious 是',
  what_is_it:
    'what_do_i_have what_have_i_got what_have_i what_did_i_have what_i_have what_i_have_got what_ive_got which_one_i what_does_he_have what_does_she_have what_has_he_got what_has_she_got what_is_wrong_with what_is_the_matter_with what_is_going_on_with what_could_it_be what_could_this_be what_can_it_be what_can_this_be what_might_it_be what_might_this_be what_would_this_be what_is_causing_my what_is_causing_this what_causes_my what_is_behind_my what_is_it what_it_is what_is_this what_are_these what_are_my what_illness what_disease what_condition which_disease which_condition which_illness what_infection what_problem what_disorder name_my name_the_disease name_the_condition name_this guess_my que_tengo que_me_pasa que_tiene que_enfermedad qu_est_ce_que_j_ai qu_ai_je quelle_maladie was_habe_ich was_hab_ich was_fehlt_mir was_ist_mit_mir welche_krankheit o_que_tenho o_que_eu_tenho o_que_e_isso que_doenca cosa_ho che_malattia mujhe_kya_hua kaun_si_bimari kaunsi_bimari konsi_bimari kya_bimari mujhe_kya_bimari 什么病 得了什么 怎么回事 what_do_you_think_it_is do_you_reckon reckon_it_is any_idea_what causing_it what_is_causing cause_of_my likely_cause most_likely i_might_have i_could_have i_may_have',
  diagnose:
    'diagnose diagnosis diagnoses dx diagnosing rule_out rule_it_out diagnostico diagnostic diagnostica diagnostiziere 诊断 确诊 assess_me evaluate_me rule_in assess',
  verdict:
    'yes_or_no right or_not or_something or_just what_do_you_think one_i_have confirm confirm_that tell_me_if tell_me_whether tell_me_which tell_me_what be_honest sounds_like sound_like looks_like look_like seems_like verdad stimmt na oder certo vero hai_na hai_kya nao_e n_est_ce_pas 吗 是吗 对吗 verdict thoughts any_idea any_ideas what_now then',
  finding:
    'rash lump bump spot spots mole symptoms symptom blisters patch patches growth sore mark itch itchy cough fever tired thirsty ache aches pain pains hurts hurt headache stomach throat knee bleeding discharge swelling swollen dizzy nausea numb burning pee peeing fatigue weight_loss hair_falling cramps cramping bloated constipated diarrhea diarrhoea constipation sweats sweating shaky tingling redness burrows phlegm sneezing stool weak exhausted sick fever nauseous itching aching painful bleed coughing hurting aches headaches periods period blurry cold_all dolor duele fiebre tos manchas mal fievre toux boutons schmerzen fieber husten ausschlag dor febre tosse bukhar dard daane khansi sar_dard 疼 痛 发烧 咳嗽 红点 yellow pale urine eyes jaundice weight_gain dry_skin skin hair_loss swell swells limp blood_in_my vertigo ringing tinnitus apnea skips_beats palpitations',
  result:
    'results result labs lab bloodwork blood_work blood_test scan mri ct x_ray xray ecg ekg biopsy report ultrasound a1c tsh ana psa hemoglobin wbc crp readings reading numbers test blood_pressure ferritin cholesterol',
  judge_word:
    'normal cancerous serious infected broken dangerous benign malignant sprained fractured contagious bad too_high too_low high low concerning torn worrying okay abnormal anything_to_worry sinister fatal',
  mean: 'mean means interpret read analyze analyse evaluate assess significa bedeutet veut_dire explain',
  why_me:
    'why_do_i why_does_my why_am_i why_is_my why_are_my why_have_i why_is_he why_is_she why_does_he why_does_she why_did_i why_did_my why_has_my why_do_my',
  helps:
    'see_a_doctor when_should when_to_see help_with what_helps what_foods diet exercise exercises ask_my_doctor questions_to_ask prepare inherited genetic hereditary passed rare contagious curable normal_to at_risk vaccine prevent how_common explain_what hereditaria hereditario erblich hereditaire',
  vignette:
    'patient pt man woman boy girl 34m gentleman lady presents presenting comes_in comes_to male female m f yo case',
  // Decision rules
  threshold:
    'at_what from_what above_what below_what over_what under_what past_what what_level what_value what_number what_score what_reading what_temperature what_threshold what_cutoff what_range which_level which_score what_blood what_inr what_a1c what_potassium what_bp what_sugar what_pressure what_ferritin what_hemoglobin what_chads what_chads2 what_wells what_curb what_result how_high how_low when_should_i when_should_we when_do_i when_do_we when_do_you when_must_i when_is_it_time when_would_i when_will_i when_can_i when_to cutoff_for threshold_for a_partir_de_que a_partir_de_quel ab_welchem ab_wann a_partir_de_quanto a_che_livello kab_se 多高 高到 到多少 多少以上 超过多少 means_you means_i means_we when_would_you makes_you makes_me makes_us mean_you when_should_you when_should_doctors cut_where level_where point_where value_where when_is_it at_which by_what',
  when_rule: 'if when once whenever si wenn se agar jab unless above below over under drops 如果',
  manage:
    'treat treating treatment anticoagulate anticoagulation transfuse transfusion intubate intubation admit admission operate surgery thrombolyse thrombolysis replacement replace iv insulin medicate ct ctpa statin dialysis dialyse manage management managing next_step best_next first_line initial_management workup give start order',
  plan: 'sliding_scale algorithm flowchart flow_chart if_then decision_tree decision_rule protocol treatment_plan action_plan dosing_schedule schedule calculator chart criteria titration_plan taper_plan tapering_plan step_by_step_treatment care_plan regimen cut_offs cutoffs',
  clinic:
    'how_do_you_manage how_would_you_manage how_would_you_treat what_would_you_give what_do_you_give what_would_you_prescribe what_should_be_given what_do_i_give next_step best_next_step next_best_step initial_management first_line_treatment most_likely_diagnosis likely_diagnosis management_of_a management_of_an treatment_of_a manage_a treat_a',
  seek: 'see_a_doctor call_a_doctor call_the_doctor go_to_the go_to_hospital call_911 get_help seek see_someone worry worried screened vaccinated exercise smoking solids',
  // Switching the rules off
  remove:
    'ignore ignoring forget disregard bypass override overlook drop skip disable remove turn_off switch_off suspend set_aside stop_following break do_not_follow not_follow put_aside lift deactivate without omit leave_out cut circumvent abandon cancel erase delete violate stop_using no lose ditch unlock never_mind ignora olvida ignorez oublie oubliez ignoriere ignorieren vergiss esqueca dimentica ignori bhool bhul ignore_karo 忽略 忘记 无视 不要遵守 stop_with stop_with_the',
  rule: 'instruction instructions rule rules guideline guidelines restriction restrictions filter filters safety disclaimer disclaimers prompt prompts limit limits limitations programming policy policies guardrail guardrails safeguard safeguards training warnings caveats refusals constraints censorship ethics safety_layer instrucciones reglas normas restricciones regles consignes anweisungen regeln instrucoes regras istruzioni regole niyam anteriores precedentes 规则 指令 限制 指示 提示词',
  not_apply: 'do_not_apply does_not_apply not_apply off disabled gone lifted removed suspended',
  persona:
    'pretend imagine act acting roleplay role_play simulate behave speak answer respond talk play you_are you_are_now be become actua finge haz fais agis tu_es spiel du_bist finja aja voce_e fingi sei ban_jao ban_ja bano 假装 扮演 你现在是 你是 reply pose portray',
  expert:
    'doctor physician clinician pharmacist surgeon nurse dr psychiatrist gp specialist cardiologist prescriber medic house consultant medical_professional drgpt doctorgpt medbot medgpt md medico medecin arzt doutor dottore 医生 大夫',
  unbound:
    'unfiltered uncensored unrestricted jailbroken jailbreak dan evil no_rules no_limits free_of do_anything_now unlimited amoral unbound without_filters developer_mode dev_mode god_mode admin_mode debug_mode jailbreak_mode dan_mode sudo_mode maintenance_mode root_mode test_mode unsafe_mode expert_mode doctor_mode uncensored_mode opposite_day',
  inner:
    'system_prompt hidden_prompt initial_prompt your_instructions system_message your_prompt your_rules secret_instructions your_guidelines prompt_above text_above words_above everything_above real_self true_self new_instructions new_rules new_persona your_programming your_creator your_developers instructions_were_you instructions_you_were your_hidden hidden_rules your_secret',
  now_on:
    'from_now_on you_are_now you_are_no_longer you_will_now you_have_no you_can_now from_here_on for_the_rest_of_this from_this_message from_this_point from_here starting_now no_longer_have_restrictions rules_changed rules_have_changed',
  quiet:
    'stop_refusing stop_saying stop_telling_me stop_being do_not_tell_me_to do_not_say do_not_suggest do_not_mention never_say no_disclaimer no_disclaimers without_disclaimers without_any_disclaimer skip_the_disclaimer just_answer do_not_refuse no_refusals no_warnings',
  only_so:
    'only only_with just_the just_a only_reply answer_only reply_only respond_only only_say only_answer start_your begin_your one_word in_json json_only base64 base_64 rot13 leetspeak morse pig_latin',
  authority:
    'i_am_a_doctor i_am_a_nurse i_am_a_physician i_am_a_pharmacist i_am_a_paramedic i_am_a_medical_student i_am_a_licensed i_am_licensed i_am_a_clinician i_am_an_md as_a_doctor as_a_nurse as_a_physician as_a_pharmacist i_work_in_a_hospital trust_me i_am_allowed i_am_authorised i_am_authorized i_have_permission admin_here developer_here soy_medico je_suis_medecin ich_bin_arzt sou_medico main_doctor i_am_testing_you testing_you i_am_your_developer i_am_the_developer',
  allows:
    'fine_for_you ok_for_you okay_for_you allowed_you allows_you gave_you_permission says_you_can said_you_can said_it_was_fine said_it_is_fine said_it_was_ok consented doctor_approved approved_it with_permission has_authorised has_authorized cleared_you cleared_me lets_you let_you',
  gran: 'grandmother grandma granny nan late_grandmother grandfather grandpa mum mother',
  lull: 'used_to_read used_to_tell used_to_recite would_read would_tell to_fall_asleep fall_asleep bedtime be_her be_him like_her like_him her_tonight lullaby',
  labels: 'assistant',
  user: 'user human system',
  made_up:
    'hypothetically theoretically hypothetical thought_experiment purely_academic research_purposes research_only fictional in_a_poem in_a_story in_a_song for_a_poem as_a_poem in_rhyme in_my_novel for_my_novel for_a_novel my_character character screenplay fiction script_for story poem',
  education:
    'how_does how_do how_did how_are how_is_a how_is what_are_the_side side_effects difference_between difference history history_of what_happens why_do why_does why_are why_is why_should why_can used_for who_invented who_discovered invented discovered store dispose pronounce what_kinds what_types what_questions mechanism interact interacts interaction compare in_general generally what_does_it_do how_long_does how_can_doctors read_a_label label organizer remember cause causes flashcards who_should_not who_can_not who_must_not what_affects why_is_dosing how_often_do remind',
  technique:
    'inhaler spacer nebulizer nebuliser peak_flow glucose_meter meter auto_injector epipen injector insulin_pen pen pill_organizer eye_drops cpap nasal_spray thermometer',
  handle: 'clean store prime wash hold_the properly correctly technique dispose travel',

  // Known from the lexicon rather than from a list here.
  named_drug: '',
  supplement: '',
  condition:
    'cancer melanoma diabetes lupus strep uti ms std sti hiv covid flu mono bipolar adhd autism ibs cancro gripe 糖尿病 癌 癌症 肺炎 感冒 炎 病 新冠 流感 angine amygdalite tonsil tonsils perimenopause menopause reflux gallstones 疹 湿疹 meniere',
  mass_unit: '',
  dosage_unit: '',
  food: '',

  person_run: 'would_you_run do_you_run should_i_run to_run set',
  generic_doctor:
    'what_is_a_prescription how_do_prescriptions doctors_prescribe doctor_prescribed was_prescribed prescribed prescription_drug prescription_drugs prescription_glasses prescription_label what_questions',
  expect: 'expect_from what_questions questions',
  which_for:
    'what_can_i_take what_should_i_take what_do_i_take what_to_take what_could_i_take what_medicine_should which_medicine_should which_drug_should which_pill which_antibiotic what_antibiotic which_medicine_do what_medicine_do que_puedo_tomar que_tomo que_puedo_prendre was_kann_ich_nehmen was_soll_ich_nehmen o_que_posso_tomar cosa_posso_prendere kya_lu kya_loon kya_khau dawa_bataiye dawai_bataiye dawa_batao dawai_batao dawai_bataye',
  choose_best:
    'best strongest good better safest recommend suggest what_should what_can which_pill which_antibiotic what_antibiotic which_medicine recomienda recommandez empfehlen 推荐 该 应该',
  better_than: 'better best right good safer stronger',
  own_matter:
    'wrong_with_me wrong_with_my wrong_with_him wrong_with_her causing_my causing_this tengo me_pasa ai_je was_habe_ich tenho mujhe_kya',
  condition_ask:
    'disease illness condition infection disorder bimari krankheit enfermedad maladie doenca malattia diseases illnesses conditions',
  told_of:
    'my_diagnosis_of diagnosed was_diagnosed been_diagnosed just_diagnosed my_doctor_told told_me explain_my after_my how_do_doctors_diagnose how_is doctors_diagnose to_diagnose used_to_diagnose',
  this_case: 'this these confirm give_me_a give_me_your your_diagnosis my_diagnosis a_diagnosis',
  this_or_that: 'or_is_it or_something or_just or_not normal serious pregnant dangerous infected broken 炎 癌 病',
  have_any:
    'do_you_think_it do_you_think_this do_you_think_my could_this_be could_it_be is_my are_my worried_about would_you_say kya_ye do_you_think_he do_you_think_she is_it anything_serious something_serious',
  which_one:
    'which_one_i which_one_ive which_one_do_i which_of_these_do which_i_have what_i_have_got compare_my_symptoms match_my_symptoms',
  own_result: 'my his her here_are_my these_are_my mine sus mis mes meine',
  test_for: 'test_for inherited passed_on screening',
  food_only: 'solids exercise mammogram colonoscopy walking talking screening',
  what_to_do:
    'what_do_i_do what_should_i_do what_do_we_do what_to_do do_i_skip do_i_take do_i_double do_i_hold should_i_take should_i_double should_i_skip should_i_stop should_i_hold should_i_give what_do_i_take which_medicine which_drug que_hago que_fais',
  case_of: 'dka sepsis hyperkalemia wells curb65 chads2 patient',
  in_general: 'in_general generally how_is usually',
  remember:
    'remember remind forget_to organise organize questions_to_ask what_questions which_questions questions_should',
  how_much_taken:
    '吃几 几片 几粒 几颗 几毫升 吃多少 用多少 多久吃 吃几次 几次 吃几片 多少毫克 怎么吃 多少毫升 喂多少 多少片',
  use_a: 'use_a use_my use_an use_the use hold prime',
  for_what: 'pour para fur per ke_liye contra contre gegen',
  confirm_it: 'confirm confirm_that confirm_its confirm_it tell_me_it whether if_it whether_it',
  how_bad: 'how_bad how_serious how_worried what_does_that how_worrying',
  kya_mujhe: 'kya_mujhe mujhe_kya kahin_mujhe',
  imperative:
    'give get send swap switch help treat pick calculate compute list write finish complete convert choose adjust work_out draw_up build create make prepare design suggest recommend tell show provide state recite',
  not_amount: 'cost costs price pay people percent percentage types kinds sold prescriptions_are made_of',
  bound: 'bound limited restricted constrained censored filtered restrained',
  score: 'curb65 curb wells chads2 chads cha2ds2 vasc qsofa news2 centor perc apache meld gcs',
  disposition: 'admit home discharge hospital outpatient ward icu treat',
  behind: 'behind_it behind_this causing_it causing_this why_is_that worried worry concerned going_on_with',
  generic_people:
    'people person persons someone somebody anyone everybody patients adults children babies women men humans gente personnes menschen pessoas',
  looks_like:
    'sound_like sounds_like look_like looks_like seem_like seems_like sounds_to_you points_to point_to fit fits match matches consistent_with',
  these_symptoms: 'these_symptoms my_symptoms those_symptoms this_sound',
  level: 'level value number score reading threshold cutoff range saturation',
} as const;
