import { IDEOGRAPH, type Token } from '../text/token.ts';

/** What was found in a stretch of Chinese: token range [first, last]. */
export interface ChineseSpan {
  readonly category: 'dosage' | 'prescription' | 'diagnosis' | 'decision_rule';
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}

const N = '(?:[0-9]+(?:[.,][0-9]+)?|[一二两三四五六七八九十百千半几0]+)';
const UNIT = '(?:个?单位|毫克|微克|毫升|克|单位|國際單位|国际单位|mg|ml|g|iu|mcg)';
const FORM = '(?:片|粒|颗|顆|滴|支|丸|袋|包|喷|噴|勺|瓶盖|錠|锭|胶囊|膠囊|吸)';
const DRUG =
  '(?:布洛芬|对乙酰氨基酚|對乙醯氨基酚|扑热息痛|阿司匹林|阿斯匹林|阿莫西林|头孢|青霉素|红霉素|阿奇霉素|二甲双胍|胰岛素|胰島素|华法林|氨氯地平|硝苯地平|缬沙坦|氯沙坦|卡托普利|赖诺普利|他汀|奥美拉唑|泼尼松|强的松|地塞米松|抗生素|抗生藥|消炎药|降压药|降糖药|安眠药|激素|止痛药|退烧药|抗抑郁药|舍曲林|氟西汀|地西泮|美托洛尔|左氧氟沙星|甲硝唑|阿托伐他汀|葡萄糖酸钙|肾上腺素|去甲肾上腺素|地高辛|氯吡格雷|利伐沙班|肝素|吗啡|胺碘酮|呋塞米|螺内酯|左甲状腺素|优甲乐|利尿剂|抗凝药|溶栓药|抗病毒药|奥司他韦|曲马多|氢氯噻嗪|多西环素|药片|泰诺|芬必得|西替利嗪|氯雷他定|药|藥|维生素|維生素|褪黑素)';
const DISEASE =
  '(?:糖尿病|高血压|高血壓|哮喘|肺炎|流感|感冒|阑尾炎|胃炎|胃溃疡|肝炎|癌症|[肺肝胃乳肠]癌|抑郁症|憂鬱症|焦虑症|偏头痛|痛风|中风|心脏病|心肌梗塞|心梗|贫血|甲亢|甲减|新冠|支气管炎|关节炎|湿疹|带状疱疹|肾结石|胆结石|过敏|登革热|肺结核|癫痫|尿路感染|膀胱炎|水痘|麻疹|猩红热|百日咳|疱疹|骨折|痔疮|疟疾|[一-龥]{1,8}[炎症癌瘤病])';

/** Alternations of literals and single counted groups: linear on the bounded windows they meet. */
const RULES: readonly (readonly [ChineseSpan['category'], RegExp, string])[] = [
  [
    'decision_rule',
    new RegExp(
      `(?:如果|若|当|一旦|超过|高于|低于|大于|小于)[^。]{0,24}?(?:就|则|請|请)?(?:静脉)?(?:给予|静注|静滴|服用|注射|加倍|增加|停用|加用|改用|减量|吃|打|使用|加)[^。]{0,8}?${DRUG}`,
    ),
    'a condition and its treatment, in Chinese',
  ],
  [
    'decision_rule',
    /(?:如果|若|当|一旦|超过|高于|低于|大于|小于)[^。]{0,12}?[0-9一二三四五六七八九十百]+[^。]{0,10}?(?:就|则|立即|马上)?(?:停药|加药|加量|减量|停用|住院|输血|手术|插管|溶栓|透析|抗凝)/,
    'a condition and its treatment, in Chinese',
  ],
  [
    'dosage',
    new RegExp(`(?:每[次天日晚早]|一[次天日]|每隔?${N}(?:个)?小时)[^。]{0,10}?${N}${FORM}`),
    'an amount and how often, in Chinese',
  ],
  [
    'dosage',
    new RegExp(`${N}${FORM}[^。]{0,8}?(?:每[天日次晚早]|一[天日次]|${DRUG})`),
    'an amount of a medicine, in Chinese',
  ],
  [
    'dosage',
    new RegExp(`(?:吃|服|服用|口服|用|打|注射|给|喝)[^。]{0,6}?${N}(?:${UNIT}|${FORM})`),
    'an amount to take, in Chinese',
  ],
  ['dosage', new RegExp(`${DRUG}[^。]{0,12}?${N}(?:${UNIT}|${FORM})`), 'an amount of a medicine, in Chinese'],
  ['dosage', new RegExp(`${N}${UNIT}[^。]{0,6}?${DRUG}`), 'an amount of a medicine, in Chinese'],
  [
    'dosage',
    new RegExp(`${DRUG}[^。]{0,10}?(?:每[天日][^。]{0,3}?${N}次|一[天日]${N}次|每${N}(?:个)?小时)`),
    'a medicine and how often, in Chinese',
  ],
  ['dosage', new RegExp(`每[天日]${N}次[^。]{0,4}?每次${N}`), 'an amount and how often, in Chinese'],
  [
    'prescription',
    new RegExp(
      `(?<!是否|不)(?:停用|停服|停掉|停止服用|开始服用|开始吃|改用|改吃|换成|别吃|别再吃|别再用|不要再用|不要吃|不用再吃|不要再吃|马上吃|立即服用)[^。]{0,6}?(?:${DRUG}|[一-龥]{2,5}[平林素汀坦尔普利胍])`,
    ),
    'starts or stops a medicine, in Chinese',
  ],
  [
    'prescription',
    new RegExp(
      `(?:你|您|患者|他|她)(?:现在|必须|应该|就)?(?:需要|得|必须|应该|要)(?:马上|立即|开始)?(?:服用|吃|用|使用|注射|打|停用|换)[^。]{0,4}?${DRUG}`,
    ),
    'says that a person needs a medicine, in Chinese',
  ],
  [
    'prescription',
    /(?:你|您|患者|他|她)需要[^。]{0,3}?(?:抗生素|胰岛素|激素|他汀)/,
    'says that a person needs a medicine, in Chinese',
  ],
  [
    'prescription',
    new RegExp(`(?:我)(?:给你|为你|为您|给您)?(?:开|建议你?(?:服用|吃|用))[^。]{0,6}?${DRUG}`),
    'prescribes, in Chinese',
  ],
  [
    'diagnosis',
    new RegExp(
      `(?<!如果|若|是否|当|假如|怀疑|觉得|告诉我|说)(?:你|您|患者|他|她|孩子|宝宝|父亲|母亲)(?:已经|一定|肯定|确实|就是|这是|是|其实|显然)?(?:得了|得的是|患了|患有|患上了|有|是|没有)${DISEASE}`,
    ),
    'says that a person has a condition, in Chinese',
  ],
  [
    'diagnosis',
    new RegExp(`(?:^|[，。！、 ])(?:这|這|那)(?:就|肯定|一定|不|显然)?是(?!一种|一種|由|什么|指)${DISEASE}`),
    'names the condition, in Chinese',
  ],
  [
    'diagnosis',
    new RegExp(`(?:诊断(?:是|为|：|:|结果是|结果为)|确诊为|结论是?[:：]?|考虑为)${DISEASE}`),
    'states the diagnosis, in Chinese',
  ],
];

const HARMLESS =
  /(?:咨询|询问|请教|遵医嘱|按医嘱|医生会|由医生|医生可能|可能|也许|或许|是否|问医生|告诉医生|如果你有|水|盐|钠|咖啡|蔬菜|水果|毫升水|锻炼|运动|步|蛋白|热量)/;

/** Violations in the ideographs of a window. Anything before token `start` is context. */
export function detectChinese(tokens: readonly Token[], start: number): ChineseSpan[] {
  let text = '';
  const owner: number[] = [];
  let ideographs = 0;
  for (let i = start; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (token.kind === IDEOGRAPH) ideographs++;
    for (let k = 0; k < token.w.length; k++) owner.push(i);
    text += token.w;
  }
  if (ideographs < 2) return [];
  const spans: ChineseSpan[] = [];
  for (const [category, pattern, reason] of RULES) {
    const match = pattern.exec(text);
    if (!match) continue;
    if (
      HARMLESS.test(text) &&
      !(
        category === 'dosage' &&
        new RegExp(`${DRUG}[^。]{0,12}?${N}(?:${UNIT}|${FORM})`).test(text) &&
        /(?:吃|服|每)/.test(text)
      )
    )
      continue;
    const first = owner[match.index] as number;
    const last = owner[match.index + match[0].length - 1] as number;
    spans.push({ category, first, last, reason });
  }
  return spans;
}
