/** Words of suicide, self-harm and violence, by meaning. Notation as in `body.ts`. */
export const CRISIS = {
  kill: 'kill kills killing hang hanging hung shoot shooting drown drowning poison stab starve unalive suffocate overdose off end ending',
  harm: 'hurt hurting hurts harm harming harms cut cuts cutting burn burning punish slash slashing',
  self: 'myself himself herself themselves themself me_self my_self',
  my_life:
    'my_life his_life her_life their_life my_own_life own_life it_all it_tonight it_now it_today it_this it_for_good things_tonight everything_tonight',
  suicidal:
    'suicidal kill_myself kms unalive_myself suicidarme suicidar suicidarse suicider suicidando umbringen selbstmord suizid suicidarmi uccidermi khudkushi aatmahatya 自杀 轻生 割腕 寻死 自尽',
  suicide: 'suicide suicides suicidio selbstmord 自杀',
  want: 'want wants wanted wanting wish wishes wishing going plan plans planning planned ready thinking think thoughts hope hoping decided deciding need needs feel feeling feels like urge urges tempted try trying tried intend about quiero quiere voy_a va_a veux veut vais envie will mochte mochte_ich quero quer vou vai voglio vuole chahta chahti chahte chahiye mann 想 要',
  die: 'die dies dead dying death not_alive disappear_forever morir morirme matarme muerto muerta mourir mort morte sterben tot morrer morta morire mar marna mar_jana mar_jaun mar_jaana 死 去死 死掉 死了算了',
  live: 'live living alive exist existing be_here being_here wake_up go_on keep_going carry_on be_around be_on_this_earth live_anymore seguir_viviendo vivir vivre leben weiterleben viver vivere jeena jina jeene zinda 活 活着 活下去 活在',
  no_more: 'anymore any_more any_longer no_longer no_more again tomorrow mas plus mehr mais piu ab 再',
  hopeless:
    'no_reason_to no_reason_for no_point_in no_point_to no_point no_way_out nothing_to_live nothing_left_to nothing_left not_worth_living not_worth_it is_not_worth worthless hopeless cannot_go_on can_not_go_on can_not_do_this_anymore can_not_do_this_any_more can_not_take_it can_not_take_this can_not_take_it_anymore can_not_cope can_not_live_like tired_of_living tired_of_life tired_of_existing sick_of_living sick_of_life done_with_life done_with_living hate_my_life hate_being_alive hate_living give_up_on_life given_up_on_life giving_up_on_life life_is_over had_enough_of_life 没意思 没有意义 撑不下去 a_reason_to any_reason_to reason_to_go_on reason_to_live point_in_living reason_to_keep 1_will_miss_me nobody_will_miss_me no_one_will_miss no_one_will_miss_me tonight_is_the_night locked_himself locked_herself locked_myself sentido_a_vivir sentido_a_la_vida sentido_vivir sens_a_la_vie sentido_na_vida sinn_mehr have_a_plan_and_a_date hold_on_tonight hold_on_any_longer hold_on_anymore im_done_with_everything with_a_gun has_a_gun got_a_gun with_a_knife has_a_knife have_a_gun holding_a_knife holding_a_gun pointing_a_gun',
  better_off:
    'better_off better_without better_place miss_me without_me burden would_notice would_care would_miss no_one_would nobody_would 1_would',
  gone: 'gone dead if_i_died was_dead were_dead was_gone were_gone if_i_disappeared disappeared without_me not_here if_i_was if_i_were never_been_born never_born',
  end: 'end_it end_everything ending_it ending_everything end_things finish_it end_my end_this be_over all_to_end pain_to_stop pain_to_end suffering_to_end suffering_to_stop acabar_con quitarme_la_vida en_finir mettre_fin schluss_machen ein_ende acabar_com farla_finita khatam_kar khatam_karna sab_khatam 结束生命 结束自己 结束一切 一了百了',
  tonight:
    'tonight now today this_evening soon tomorrow esta_noche ce_soir heute_nacht heute hoje_a_noite hoje stanotte aaj_raat aaj 今晚 现在 今天',
  goodbye:
    'suicide_note suicide_letter goodbye_letter goodbye_letters goodbye_note last_words written_the_note written_the_letter wrote_the_note wrote_a_note writing_the_note left_a_note written_a_note written_my_note written_letters will_written carta_de_despedida lettre_d_adieu abschiedsbrief carta_de_adeus 遗书 goodbye_everyone goodbye_everybody goodbye_all goodbye_world goodbye_forever goodbye_to_everyone goodbye_to_my said_goodbye saying_goodbye texted_goodbye texted_me_goodbye goodbye_text bye_forever say_goodbye_to_my written_the_letters written_my_letters a_goodbye goodbye_message goodbye_video',
  means:
    'rope noose gun pistol shotgun rifle razor razors blade blades knife pills tablets meds insulin exhaust helium belt pastillas comprimidos goliyan corda soga corde strick seil pistola tabletten rassi',
  at_hand:
    'ready in_my_hand in_front in_front_of_me next_to_me here beside_me beside saved_up stockpiled hoarding hoarded hoard stockpiling collected collecting counted saving_up lined_up laid_out bought got loaded set_aside saamne taiyar listas preparado bereit separei separados',
  jump: 'jump jumps jumping jumped leap step_off step_in_front throw_myself springen saltar sauter pular kood koodna 跳',
  edge: 'bridge balcony roof rooftop ledge rail railing cliff window train tracks platform building traffic parapet overpass puente pont brucke dach ponte sacada predio fenster balkon gleise chhat pul 桥 楼顶 阳台 楼',
  stand: 'standing stand on sitting chosen picked stehe estoy am',
  cut_deep:
    'cut_too_deep cut_so_deep cut_really_deep cut_deep cut_my_wrist cut_my_wrists cut_my_arm cut_my_arms slit_my_wrist slit_my_wrists slashed_my relapsed self_harm self_harmed self_harming cut_her_wrists cut_his_wrists slit_her slit_his me_he_cortado pulsadern* aufgeschnitten venas_cortadas',
  lethal:
    'lethal lethal_dose fatal fatal_dose deadly enough_to_kill enough_to_die to_die to_kill would_kill will_kill kill_me would_it_take_to_die to_never_wake not_wake_up never_wake_up painless painlessly least_painful without_pain without_it_hurting not_hurt will_not_hurt finish_me end_me look_like_an_accident para_morir pour_mourir zum_sterben para_morrer way_to_go',
  way_to:
    'way_to how_to how_do_i how_can_i how_could_i how_would_i easiest quickest fastest best_way ways_to method methods what_dose what_amount which_pills tell_me_it',
  target:
    'baby wife husband mother mom mum dad him her them someone somebody everyone people kids children son daughter neighbour neighbor coworkers classmates boss girlfriend boyfriend ex bebe kind',
  attack: 'hurt harm kill shoot stab strangle murder attack shake smother drown throw hit beat punish',
  beat: 'hitting strangling choking beating attacking raped raping punching kicking stabbing threatening abusing hit strangled beat hits beats chokes strangles',
  me: 'me us',
  voices: 'voices voice hearing_voices demons commands telling_me_to told_me_to',
  afraid: 'afraid scared worried might going want about urge urges lose_it snap',

  take_life: 'take taking took',
  ready: 'ready about_to',
  rather: 'rather wish hope deserve',
  never: 'never not nie jamais nunca mai',
  notice: 'notice care cry miss easier sad matter relieved happier',
  i_if: 'if',
  end_now:
    'end_it_all ending_it_all end_it_tonight ending_it_tonight end_it_now end_it_today ending_my_life end_my_life commit_suicide committing_suicide thoughts_of_suicide suicidal_thoughts no_one_can_stop_me nobody_can_stop_me not_be_here_tomorrow will_not_be_here_tomorrow not_alive_tomorrow be_alive_tomorrow last_night_alive never_see_tomorrow step_in_front_of quitarme_la_vida acabar_con_mi_vida acabar_con_todo en_finir mettre_fin_a_mes_jours das_leben_nehmen mich_umbringen me_matar me_tuer matarme acabar_com_minha_vida acabar_com_tudo farla_finita jaan_de jaan_dene jeena_nahi jine_ka_mann_nahi sab_khatam 想死 不想活 结束生命 结束自己 活不下去 不想活了 一了百了',
  chose: 'chosen picked chose found',
  stop_cutting: 'keep keeps stop relapsed started again urge urges',
  ingest_plan:
    'take taking swallow swallowing going plan thinking about want overdose tomar tomarme prendre nehmen prendere',
  quick_way: 'painless least_painful easiest quickest fastest best_way way_to ways_to methods_of method_of',
  attack_baby: 'shake smother strangle drown murder stab shoot',
  commanding: 'telling_me_to told_me_to say_i_should want_me_to telling_him_to telling_her_to hurt kill jump',
  give_away: 'gave_away giving_away given_away said_goodbye wrote_letters written_letters writing_letters',
  how_many: 'how_many how_much what_dose what_amount which cuantas cuantos combien wie_viele quantos quantas kitni',
  swallowed: 'swallowed ate chewed drank licked got_into got_hold_of eaten',
  drive: 'drive driving crash crashing steer ram walk walking run',
  into: 'into_a_wall into_a_tree into_the_wall into_a_bridge into_traffic into_the_traffic into_oncoming off_a_bridge off_a_cliff off_the_road into_the_river into_the_sea into_a_truck',
  cut: 'cut cutting',
  until: 'until deep deeper again myself wrists',
} as const;
