import type { Concept } from './concepts.ts';
import type { QuestionText } from './question-text.ts';
import type { SentenceReading } from './sentence-reading.ts';

/** What the sentences of a question say together. */
interface Around {
  readonly medicine: boolean;
  readonly complaint: boolean;
  readonly finding: boolean;
}

/** A sentence with what the rules of requests ask of it and of the question around it. */
export class Asked {
  readonly person: boolean;
  /** A medicine, by name or as such, in this sentence. */
  readonly medicine: boolean;
  readonly named: boolean;
  /** It asks how something works, what a word means, who found it: to be answered. */
  readonly education: boolean;

  private constructor(
    readonly sentence: SentenceReading,
    private readonly around: Around,
  ) {
    this.person = sentence.hasAny(['i', 'we', 'she_he']) || hasCertainKin(sentence);
    this.medicine = sentence.hasAny(['medicine_word', 'supplement', 'drug_kind']);
    this.named = sentence.has('named_drug');
    this.education = sentence.has('education') && !this.asksForSelf();
  }

  /** The sentences of a question, each with what is said around it. */
  static all({ sentences }: QuestionText): Asked[] {
    const some = (...concepts: Concept[]): boolean => sentences.some((each) => each.hasAny(concepts));
    const person = some('i', 'she_he', 'kin');
    const finding = person && some('finding', 'pain', 'result');
    const around = {
      medicine: some('medicine_word', 'supplement', 'named_drug'),
      complaint: finding || (person && some('condition')),
      finding,
    };
    return sentences.map((sentence) => new Asked(sentence, around));
  }

  /** A medicine anywhere in the question. */
  get medicineAround(): boolean {
    return this.around.medicine;
  }

  /** Somebody's complaint, finding or condition anywhere in the question. */
  get complaintAround(): boolean {
    return this.around.complaint;
  }

  /** A complaint or finding, not merely a condition by name, anywhere in the question. */
  get findingAround(): boolean {
    return this.around.finding;
  }

  has(...concepts: Concept[]): boolean {
    return this.sentence.hasAny(concepts);
  }

  near(within: number, ...parts: (Concept | readonly Concept[])[]): boolean {
    return this.sentence.near(asLists(parts), within);
  }

  inOrder(within: number, ...parts: (Concept | readonly Concept[])[]): boolean {
    return this.sentence.near(asLists(parts), within, true);
  }

  /** A question by its mark or by its first word. */
  get asks(): boolean {
    return this.sentence.asks || this.sentence.at('yes_no')[0] === 0 || this.sentence.at('opener')[0] === 0;
  }

  /** "should I", "can my daughter", "do I need". */
  asksForSelf(): boolean {
    return this.inOrder(3, 'may', ['i', 'we', 'she_he', 'kin']) || this.has('have_i', 'what_is_it');
  }
}

function asLists(parts: readonly (Concept | readonly Concept[])[]): (readonly Concept[])[] {
  return parts.map((part) => (typeof part === 'string' ? [part] : part));
}

function hasCertainKin(sentence: SentenceReading): boolean {
  const articles = sentence.at('article');
  return sentence.at('kin').some((place) => !articles.includes(place - 1));
}
