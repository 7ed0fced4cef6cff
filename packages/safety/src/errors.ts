/** Base of every error this package throws. `code` is stable; messages are for people and never hold the judged text. */
export class SafetyError extends Error {
  /** Stable identifier, for programs. */
  readonly code: string = 'SAFETY_ERROR';
  /** Name of the class. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** A rule cannot be used as it was written. */
export class BadRuleError extends SafetyError {
  /** Stable identifier, for programs. */
  override readonly code = 'BAD_RULE';
  constructor(
    /** Id of the rule. */
    readonly rule: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`rule "${rule}": ${problem}`, options);
  }
}

/** A pattern that a linear-time engine cannot run: look-around or back-references. */
export class UnsafePatternError extends SafetyError {
  /** Stable identifier, for programs. */
  override readonly code = 'UNSAFE_PATTERN';
  constructor(
    /** Id of the rule. */
    readonly rule: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(
      `rule "${rule}": the pattern does not run in linear time (${detail}). Write it without look-around and back-references, or use "detect".`,
      options,
    );
  }
}

/** A policy file that does not have the shape of a policy. */
export class BadPolicyError extends SafetyError {
  /** Stable identifier, for programs. */
  override readonly code = 'BAD_POLICY';
  constructor(
    /** File, or what stands for it. */
    readonly source: string,
    /** Everything that is wrong, one line each. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`policy ${source}: ${problems.join('; ')}`, options);
  }
}

/** A classifier that failed or took longer than its limit, where the policy does not say that the rules alone may decide. */
export class ClassifierError extends SafetyError {
  /** Stable identifier, for programs. */
  override readonly code = 'CLASSIFIER_FAILED';
  constructor(
    /** Name of the classifier. */
    readonly classifier: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`classifier "${classifier}" ${problem}`, options);
  }
}
