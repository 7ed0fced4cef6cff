/** Words of accidents, poisons, numbers that kill and conditions that do, by meaning. Notation as in `body.ts`. */
export const DANGER = {
  named:
    'heart_attack heart_attacks stroke strokes cardiac_arrest anaphylaxis anaphylactic sepsis septic meningitis embolism infarction infarto infarctus avc schlaganfall herzinfarkt derrame ictus dil_ka_daura 中风 心梗 心肌梗死 心脏病发作 脑梗 aneurysm heatstroke heat_stroke hypothermia hypothermic ketoacidosis dka',
  overdose:
    'overdose overdosed overdosing odd od_on oded odied sobredosis surdose uberdosis overdosierung superdosagem 服药过量 过量',
  ingest:
    'took taken swallow swallows swallowed swallowing eaten ate eat eats drank drink drinking drunk downed popped ingest* got_into got_at got_hold_of gotten_into chew chewed chewing lick licked sip sipped injected shot_up snorted smoked inhaled breathed_in sniffed huffed had_taken in_her_mouth in_his_mouth gave trago tragado tomo tomado tome trague bebio ingirio comio avale avaler bu pris a_pris mange verschluckt getrunken geschluckt genommen gegessen engoliu tomou tomei bebeu comeu ingeriu inghiottito bevuto ingerito preso kha_liya kha_li kha_liye kha_gaya kha_gayi pi_liya pi_li nigal 吞 吞了 吞下 喝 喝了 服 吃了 误食 误服',
  poison:
    'bleach drain_cleaner cleaner antifreeze detergent pod pods laundry_pod poison battery batteries magnet magnets gasoline petrol diesel lighter_fluid lamp_oil paint thinner white_spirit pesticide weedkiller weed_killer insecticide rat_poison rat_bait acid lye hand_sanitizer hand_sanitiser nail_polish perfume mouthwash essential_oil chemical chemicals glue kerosene turpentine edible edibles toilet_cleaner disinfectant needle coin hand_gel vape_juice nicotine mushroom mushrooms wild_mushrooms berries nightshade foxglove oven_cleaner bleaching dishwasher_tablet dishwasher descaler ammonia methanol lejia cloro pila veneno detergente javel pile poison pilule bleiche batterie knopfzelle reiniger gift abflussreiniger alvejante agua_sanitaria pilha candeggina zeher zehar tezab phenyl keetnashak 农药 老鼠药 毒 漂白水 电池 洗衣液 洁厕 cleaning_products cleaners cleaning_fluid knopfbatterie eau_de_javel slug_pellets pellets pouch',
  street_drug:
    'heroin fentanyl cocaine coke meth mdma ecstasy molly ghb ketamine opioids pills oxy crack speed laced gear lsd acid_tab 海洛因',
  too_many:
    'too_many too_much whole_bottle entire_bottle full_bottle bottle_of half_a_bottle all_of_my all_of_his all_of_her all_my all_his all_her all_the all_of_the handful handfuls fistful a_bunch bunch_of whole_pack whole_packet whole_box entire_pack entire_box whole_lot whole_strip rest_of_my rest_of_the double triple loads_of lots_of a_load_of tons_of a_ton_of at_once all_at_once bottle packet packets strips blister_pack frasco frasco_de bote_entero bote_de caja_entera todas_las todos_los boite_de flacon toute_la tous_les toutes_les packung flasche schachtel alle ganze cartela frasco_inteiro vidro_de todos_os todas_as caixa_inteira scatola tutta_la poori sheeshi saari saare bottle_poori 整瓶 一整瓶 一瓶 半瓶 一大把 全部 几十片 几十颗 太多 everything_in everything',
  missing: 'missing empty gone empty_bottle empty_packet empty_blister',
  medicine_word:
    'pills pill tablet tablets medicine medicines medication medications meds capsules drugs painkillers sleeping_pills sleeping_tablets heart_pills pastillas comprimidos medicamentos comprim* cachets medicaments somniferes tabletten pillen schlaftabletten remedios compresse pillole goliyan goliya golian goli dawai dawa 药 药片 安眠药 药丸 medicine_cabinet cabinet antidepressants antidepressivos',
  naloxone: 'narcan naloxone',
  monoxide: 'carbon_monoxide monoxide co_alarm co_detector gas_leak kohlenmonoxid 一氧化碳 煤气',
  fumes: 'fumes smoke gas chlorine chloramine vapours vapors',
  alarm: 'alarm detector beeping alert going_off',
  mixed: 'mixed mixing combined',
  headache_all: 'headache headaches dizzy sick nauseous',
  injure:
    'shot gunshot stabbed stab stabbing impaled electrocuted electrocution electrocuting electric_shock shocked struck_by_lightning crushed mauled run_over hit_by_a_car hit_by_a_truck hit_by_a_bus hit_by_a_train severed amputated sliced_off chopped_off ripped_off cut_off degloved apunalado disparo electrocutad* poignarde angeschossen erstochen stromschlag esfaqueado baleado accoltellato goli_lagi bijli_ka_jhatka 触电 枪伤 刺伤',
  drown:
    'drown drowns drowned drowning under_water underwater pulled_from fished_out ahogado noye noyade ertrunken ertrinkt afogou afogando afogad* annegat* doob 溺水',
  fall: 'fell falls falling fallen fall crash crashed accident wreck collision thrown hit struck banged kicked knocked came_off cayo caido golpe tombe* chute accident gefallen gesturzt unfall caiu queda bateu cadut* gir_gaya gir_gayi gir 摔 跌 撞 摔下',
  height:
    'roof ladder window stairs balcony horse bike motorbike motorcycle car tree scaffold wall building storey floor',
  trapped: 'trapped pinned buried stuck_under pinned_under',
  burn: 'burn burns burned burnt scald scalded boiling on_fire quemad* brule* verbrannt verbruht queimad* ustionat* jal_gaya jal_gayi 烧伤 烫伤',
  burn_bad: 'face whole_body all_over half electrical chemical third_degree airway blistering charred black white_and',
  bite: 'bit bite bites bitten stung sting stings picadura mordi* mordu* pique gebissen gestochen picado picada morso kaata kaat 咬 蛰',
  venom:
    'snake snakes rattlesnake viper cobra adder krait scorpion black_widow jellyfish box_jellyfish serpiente serpent schlange cobra escorpion serpente saanp saamp bichhu 蛇 毒蛇 蝎子',
  allergen:
    'bee wasp wasps bees peanut peanuts nut nuts shrimp prawn prawns shellfish cashew cashews satay sesame penicillin amoxicillin kiwi',
  allergic: 'allergic allergy allergic_reaction reaction alergic* allergique allergisch* reazione 过敏',
  injector: 'epipen epi_pen auto_injector autoinjector',
  inhaler: 'inhaler puffer pump nebulizer nebuliser reliever',
  useless:
    'not_working not_helping nothing doing_nothing not_touching no_help empty does_not_help does_not_work not_work not_help no_relief still',
  cpr: 'cpr chest_compressions compressions defibrillator aed pushing_on_the_chest push_on_the_chest no_pulse pulseless reanimacion rianimazione',
  dispatcher:
    'ambulance paramedics 911 999 112 emergency_services crash_team code_blue ambulancia krankenwagen rettungswagen samu 救护车 120',
  glass_test: 'glass tumbler glass_test fade fades fading blanch blanching disappear press',
  spots: 'spots rash blotches purple_spots bruises petechiae manchas taches flecken',
  stiff: 'stiff stiffness rigid rock_hard hard_as_a_board board_like',
  thunder: 'thunderclap exploded explosion like_lightning hit_by_lightning hit_by_a_bat worst_headache',
  bladder:
    'bladder pee wet_myself incontinent numb_groin saddle peed groin cannot_pee numb_down_there control_my_bladder hold_my_pee',
  labour:
    'crowning giving_birth in_labor in_labour water_broke waters_broke waters_have_broken water_has_broken contractions baby_is_coming pushing head_is_out cord waters_gone waters_broken water_went waters_went',
  kick: 'kick kicks kicking kicked moved moving moves movement move',
  sugar: 'sugar sugars glucose meter monitor glucometer blood_sugar cgm azucar sucre zucker acucar 血糖',
  off_scale: 'hi high_high low lo error off_the_scale sky_high los',
  diabetic: 'diabetic diabetes type_1 t1d insulin diabetico diabetique diabetiker',
  fruity: 'fruity pear_drops acetone nail_varnish kussmaul breathing_fast fast_and_deep deep_and_fast',
  fast: 'racing pounding fast rapid rapidly fluttering irregular skipping hammering galloping will_not_slow all_over_the_place out_of_control thumping fluttery',
  black_stool:
    'black_stool black_stools black_poop black_poo tarry black_tar melena melaena coffee_grounds coffee_ground ground_coffee',
  sore: 'peeling sloughing blistering falling_off',
  heat: 'heat_wave heatwave heat hot_car sun sauna',
  cold: 'freezing_water snow avalanche frozen icy very_cold freezing_cold ice_cold outside_all_night through_the_ice',
  dying:
    'dying about_to_die going_to_die might_die die_right_now mourant stirbt morrendo morendo muriendo mar_raha mar_rahi 快死 要死了 不行了',
  urgent:
    'help please_help hurry quick quickly fast emergency urgent asap what_do_i_do what_should_i_do what_do_we_do what_to_do should_i_call do_i_call do_i_need_to_call ayuda auxilio socorro aidez aide_moi au_secours hilfe ajuda aiuto aiutatemi bachao madad jaldi kya_karun kya_karoon kya_karu kya_kare que_hago que_faire que_fais was_soll_ich was_tun o_que_faco cosa_faccio 救命 怎么办 快 急',
  hot_liquid: 'kettle boiling boiling_water boiling_oil hot_oil hot_tea hot_coffee hot_water deep_fryer',
  container:
    'box boxes pack packs packet packets bottle bottles strip strips blister cajas caja frascos frasco boites boite schachteln flaschen caixas cartelas 盒 瓶',
  got: 'got was been getting has_been just',
  imminent_birth:
    'crowning giving_birth gave_birth head_is_out the_head_is_out baby_is_coming baby_coming_now delivering feel_the_head see_the_head',
} as const;
