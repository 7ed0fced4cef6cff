/** What a finding is about. The first four are the categories of the policy; `custom` is for rules of your own. */
export type Category = 'dosage' | 'prescription' | 'diagnosis' | 'decision_rule' | 'custom';
