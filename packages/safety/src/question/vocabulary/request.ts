/** Words of what a question asks for. Notation as in `body.ts`. */
export const REQUEST = {
  ask_me:
    'tell_me give_me show_me teach_me quiz_me help_me_understand explain_to_me explain_it_to_me i_am_writing i_am_studying i_have_to_write i_wonder i_am_curious i_read i_heard my_class my_exam my_essay my_novel my_school my_project my_homework my_story my_presentation can_i_learn i_learn i_need_to_learn i_should_know i_am_teaching i_teach i_would_like_to_know i_want_to_know i_want_to_understand i_am_interested i_would_like_to_learn i_want_to_learn i_need_to_know',
} as const;
