import { words } from '../rules/sentence.ts';

export const TAKE = words(
  'place taking knock neck slam ponga ponle mettez drip throw turn pila pilao pilaiye inyecte spritzen hang take takes swallow administer inject inhale apply insert instill infuse chew dissolve pop give dose use dosed squirt rub gulp down bolus puff tome toma tomen prenez prends nehmen nimm lein lijiye lo khao khaye prenda prendi tomar prendre einnehmen assuma run put start place add spray grab dab spread keep stick have try need needs needed get gets increase raise titrate lower reduce limit max maximum exceed begin feed tuck tomese dele administre donnez geben gib',
);

export const TAKE_ONLY = words(
  'tomese taking knock neck slam ponga ponle mettez bolus drip spoon turn donnez geben gib dele dar administre pila pilao pilaiye inyecte spritzen take takes swallow administer inject inhale apply insert instill chew dissolve pop give tome toma tomen prenez prends nehmen nimm lein lijiye lo khao khaye prenda prendi rub squirt grab put spray dab start begin add try tuck',
);

export const CLINICAL_FREQUENCY = words(
  'bid tid qid tds bds qds qd od qod qhs hs qam qpm prn q4h q6h q8h q12h q24h q2h q3h q1h po',
);

export const TIMES = words('time times x veces fois mal vezes baar volte');

export const JUDGED = words(
  'right correct fine safe appropriate ok okay good perfect normal enough suitable reasonable proper adequate harmless',
);

export const FOREIGN_TAKE = words(
  'tome toma tomen prenez prends nehmen nimm lein lijiye lo khao khaye prenda prendi tomar prendre einnehmen lena khana dele administre donnez geben gib lijiyega',
);
