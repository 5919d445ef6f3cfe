import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Validates parts of a request. All that is wrong is told in one answer: 422, `application/problem+json`, with
 * `errors: [{ in, pointer, code, detail }]`.
 *
 * The types of what was validated flow to the handlers that stand behind it in the same `app.post(...)`.
 *
 * @throws HauberkError at construction: `ERR_HAUBERK_OPTION_UNKNOWN`, `ERR_HAUBERK_OPTION_INVALID`,
 *   `ERR_HAUBERK_VALIDATE_SCHEMA`, `ERR_HAUBERK_VALIDATE_RULES`
 */
declare function validate<
  const Body extends validate.Part = never,
  const Query extends validate.Part = never,
  const Params extends validate.Part = never,
  const Headers extends validate.Part = never,
  const Cookies extends validate.Part = never,
>(
  options: validate.ValidateOptions<Body, Query, Params, Headers, Cookies>,
): validate.Handler<
  validate.Output<Params, Record<string, string>>,
  validate.Output<Body, any>,
  validate.Output<Query, any>
>;

/** Only a type: where a JSON Schema keeps what it describes. */
declare const DESCRIBES: unique symbol;

declare namespace validate {
  /** Standard Schema version 1 (standardschema.dev), which zod, valibot, arktype and others offer. */
  interface StandardSchema<Input = any, Output = Input> {
    readonly '~standard': {
      readonly version: 1;
      readonly vendor: string;
      readonly validate: (value: unknown, ...rest: any[]) => any;
      readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    };
  }

  /** A JSON Schema of draft 2020-12; `T` is what it describes: `const schema: JsonSchema<Note> = { ... }`. */
  type JsonSchema<T = unknown> = { readonly [keyword: string]: unknown } & { readonly [DESCRIBES]?: T };

  type Part = StandardSchema | JsonSchema<any> | ValidationChain | readonly ValidationChain[];

  /** What a schema makes of its input. */
  type Output<P, Fallback> = [P] extends [never]
    ? Fallback
    : P extends { readonly '~standard': { readonly types?: infer Types } }
      ? NonNullable<Types> extends { readonly output: infer Out }
        ? Out
        : Fallback
      : P extends { readonly [DESCRIBES]?: infer T }
        ? unknown extends T
          ? Fallback
          : Exclude<T, undefined>
        : Fallback;

  interface ValidateOptions<Body = Part, Query = Part, Params = Part, Headers = Part, Cookies = Part> {
    body?: Body;
    query?: Query;
    params?: Params;
    headers?: Headers;
    /** `req.cookies`, as cookie-parser makes it. */
    cookies?: Cookies;
    /**
     * Properties that a JSON Schema does not name, in body and query: refused, removed, or let through.
     * Default `reject`. Where the schema says itself what becomes of them, its word counts. Standard Schemas
     * follow their own.
     */
    unknown?: 'reject' | 'strip' | 'allow';
    /** Whether `format` of a JSON Schema is checked, or only says something. Default `assert`. */
    formats?: 'assert' | 'annotate';
    /** Whether a keyword or a format that JSON Schema 2020-12 does not have is an error. Default true. */
    strict?: boolean;
    /**
     * Whether text in query, params, headers and cookies becomes a number, a boolean or an array where a JSON
     * Schema asks for one. Default true.
     */
    coerce?: boolean;
    /** Further JSON Schemas by the address that `$ref` names. Nothing is ever fetched. */
    schemas?: Record<string, JsonSchema<any>>;
    /** Most errors that are told, 1 to 1000. Default 20. */
    maxErrors?: number;
    /** `report`: decide and tell, but block nothing. Default `enforce`. */
    mode?: 'enforce' | 'report';
  }

  /** An Express handler that gives types to those behind it. */
  type Handler<Params, Body, Query> = (
    req: IncomingMessage & { params: Params; body: Body; query: Query },
    res: ServerResponse,
    next: (error?: any) => void,
  ) => void;

  /** One thing that is wrong, as the answer tells it. */
  interface Problem {
    in: Location;
    /** JSON Pointer (RFC 6901) into that part. */
    pointer: string;
    /** The keyword of the JSON Schema, the code of the library, or `rule`. */
    code: string;
    detail: string;
  }

  /** What `validate` made of the parts that it judged; also of headers and cookies, which stay as they came. */
  function validated(req: object): Partial<Record<Location, any>>;

  // ---- the language of express-validator 7

  type Location = 'body' | 'cookies' | 'headers' | 'params' | 'query';
  type Request = { [name: string]: any };

  interface Meta {
    req: Request;
    location: Location;
    path: string;
    pathValues: readonly (string | string[])[];
  }

  type CustomValidator = (value: any, meta: Meta) => any;
  type CustomSanitizer = (value: any, meta: Meta) => any;
  type Message = any;

  interface FieldError {
    type: 'field';
    location: Location;
    path: string;
    value?: any;
    msg: any;
  }
  interface UnknownFieldsError {
    type: 'unknown_fields';
    msg: any;
    fields: { location: Location; path: string; value: any }[];
  }
  interface AlternativeError {
    type: 'alternative';
    msg: any;
    nestedErrors: FieldError[];
  }
  interface GroupedAlternativeError {
    type: 'alternative_grouped';
    msg: any;
    nestedErrors: FieldError[][];
  }
  type ValidationError = FieldError | UnknownFieldsError | AlternativeError | GroupedAlternativeError;

  type Limits = { min?: number; max?: number; lt?: number; gt?: number };

  /** Validators without options, or with those of the package `validator` 13. */
  type PlainValidator =
    | 'isAbaRouting'
    | 'isAscii'
    | 'isBase58'
    | 'isBIC'
    | 'isBtcAddress'
    | 'isCreditCard'
    | 'isDataURI'
    | 'isEAN'
    | 'isEthereumAddress'
    | 'isFreightContainerID'
    | 'isFullWidth'
    | 'isHalfWidth'
    | 'isHexadecimal'
    | 'isHSL'
    | 'isISIN'
    | 'isISO6346'
    | 'isISO6391'
    | 'isISO31661Numeric'
    | 'isISO31661Alpha2'
    | 'isISO31661Alpha3'
    | 'isISO4217'
    | 'isISO15924'
    | 'isISRC'
    | 'isJWT'
    | 'isLocale'
    | 'isLowercase'
    | 'isLuhnNumber'
    | 'isMagnetURI'
    | 'isMD5'
    | 'isMimeType'
    | 'isMongoId'
    | 'isMultibyte'
    | 'isOctal'
    | 'isPort'
    | 'isRFC3339'
    | 'isSemVer'
    | 'isSlug'
    | 'isString'
    | 'isSurrogatePair'
    | 'isULID'
    | 'isUppercase'
    | 'isVariableWidth';
  type OptionsValidator =
    | 'isAfter'
    | 'isBase32'
    | 'isBase64'
    | 'isBefore'
    | 'isBoolean'
    | 'isByteLength'
    | 'isCurrency'
    | 'isDate'
    | 'isDecimal'
    | 'isEmail'
    | 'isFQDN'
    | 'isHash'
    | 'isHexColor'
    | 'isIBAN'
    | 'isIdentityCard'
    | 'isIMEI'
    | 'isIP'
    | 'isIPRange'
    | 'isISBN'
    | 'isISSN'
    | 'isISO8601'
    | 'isIn'
    | 'isJSON'
    | 'isLatLong'
    | 'isLicensePlate'
    | 'isMACAddress'
    | 'isMailtoURI'
    | 'isNumeric'
    | 'isPassportNumber'
    | 'isPostalCode'
    | 'isRgbColor'
    | 'isStrongPassword'
    | 'isTaxID'
    | 'isTime'
    | 'isURL'
    | 'isUUID'
    | 'isVAT'
    | 'isWhitelisted';
  type TextSanitizer =
    'escape' | 'unescape' | 'toArray' | 'toDate' | 'toFloat' | 'toLowerCase' | 'toUpperCase';

  type Chained = {
    [Name in PlainValidator | TextSanitizer]: () => ValidationChain;
  } & {
    [Name in OptionsValidator]: (options?: any) => ValidationChain;
  };

  interface ValidationChain extends Chained {
    (req: Request, res: any, next: (error?: any) => void): void;
    run(req: Request, options?: { dryRun?: boolean }): Promise<ResultWithContext>;
    /** The same rules, looked up in one part of the request. */
    within(location: Location): ValidationChain;

    not(): ValidationChain;
    withMessage(message: Message): ValidationChain;
    custom(check: CustomValidator): ValidationChain;
    exists(options?: {
      values?: 'undefined' | 'null' | 'falsy';
      checkFalsy?: boolean;
      checkNull?: boolean;
    }): ValidationChain;
    isArray(options?: { min?: number; max?: number }): ValidationChain;
    isObject(options?: { strict?: boolean }): ValidationChain;
    isEmpty(options?: { ignore_whitespace?: boolean }): ValidationChain;
    notEmpty(options?: { ignore_whitespace?: boolean }): ValidationChain;
    contains(element: any, options?: { ignoreCase?: boolean; minOccurrences?: number }): ValidationChain;
    equals(comparison: string): ValidationChain;
    isAlpha(locale?: string, options?: { ignore?: string | string[] | RegExp }): ValidationChain;
    isAlphanumeric(locale?: string, options?: { ignore?: string | RegExp }): ValidationChain;
    isDivisibleBy(divisor: number): ValidationChain;
    isInt(options?: Limits & { allow_leading_zeroes?: boolean }): ValidationChain;
    isFloat(options?: Limits & { locale?: string }): ValidationChain;
    isLength(options: { min?: number; max?: number; discreteLengths?: number[] }): ValidationChain;
    isMobilePhone(locale?: string | readonly string[], options?: { strictMode?: boolean }): ValidationChain;
    matches(pattern: RegExp | string, modifiers?: string): ValidationChain;

    bail(options?: { level?: 'chain' | 'request' }): ValidationChain;
    if(condition: CustomValidator | ValidationChain): ValidationChain;
    optional(
      options?:
        boolean | { values?: 'undefined' | 'null' | 'falsy'; nullable?: boolean; checkFalsy?: boolean },
    ): ValidationChain;
    hide(value?: string): ValidationChain;

    customSanitizer(turn: CustomSanitizer): ValidationChain;
    default(value: any): ValidationChain;
    replace(values: any, fresh: any): ValidationChain;
    blacklist(chars: string): ValidationChain;
    whitelist(chars: string): ValidationChain;
    trim(chars?: string): ValidationChain;
    ltrim(chars?: string): ValidationChain;
    rtrim(chars?: string): ValidationChain;
    normalizeEmail(options?: Record<string, boolean>): ValidationChain;
    stripLow(keepNewLines?: boolean): ValidationChain;
    toBoolean(strict?: boolean): ValidationChain;
    toInt(radix?: number): ValidationChain;
  }

  type CheckFunction = (fields?: string | string[], message?: Message) => ValidationChain;

  const check: CheckFunction;
  const body: CheckFunction;
  const query: CheckFunction;
  const param: CheckFunction;
  const header: CheckFunction;
  const cookie: CheckFunction;
  function buildCheckFunction(locations: readonly Location[]): CheckFunction;

  type Middleware = ((req: Request, res: any, next: (error?: any) => void) => void) & {
    run(req: Request): Promise<ResultWithContext>;
  };

  /** Fields by name; each an object of validators and sanitizers, as in express-validator. */
  type Schema = Record<string, Record<string, any>>;
  function checkSchema(
    schema: Schema,
    defaultLocations?: readonly Location[],
  ): ValidationChain[] & { run(req: Request): Promise<ResultWithContext[]> };
  function checkExact(
    chains?: ValidationChain | readonly (ValidationChain | readonly ValidationChain[])[],
    options?: { locations?: readonly Location[]; message?: Message },
  ): Middleware;
  function oneOf(
    chains: readonly (ValidationChain | readonly ValidationChain[])[],
    options?: { message?: Message; errorType?: 'grouped' | 'least_errored' | 'flat' },
  ): Middleware;
  function matchedData<T extends object = Record<string, any>>(
    req: object,
    options?: { includeOptionals?: boolean; onlyValidData?: boolean; locations?: Location[] },
  ): T;

  class Result<T = ValidationError> {
    constructor(formatter: (error: ValidationError) => T, errors: readonly ValidationError[]);
    array(options?: { onlyFirstError?: boolean }): T[];
    mapped(): Record<string, T>;
    formatWith<U>(formatter: (error: ValidationError) => U): Result<U>;
    isEmpty(): boolean;
    throw(): void;
  }
  interface ResultWithContext extends Result {
    context: { errors: ValidationError[]; getData(options?: { requiredOnly?: boolean }): any[] };
  }
  const validationResult: ((req: object) => Result) & {
    withDefaults<T>(options: { formatter: (error: ValidationError) => T }): (req: object) => Result<T>;
  };

  /** The language with validators and sanitizers of the app's own on every chain. */
  class ExpressValidator {
    constructor(
      validators?: Record<string, CustomValidator>,
      sanitizers?: Record<string, CustomSanitizer>,
      options?: { errorFormatter?: (error: ValidationError) => any },
    );
    check: (...args: Parameters<CheckFunction>) => any;
    body: (...args: Parameters<CheckFunction>) => any;
    query: (...args: Parameters<CheckFunction>) => any;
    param: (...args: Parameters<CheckFunction>) => any;
    header: (...args: Parameters<CheckFunction>) => any;
    cookie: (...args: Parameters<CheckFunction>) => any;
    buildCheckFunction: (locations: readonly Location[]) => (...args: Parameters<CheckFunction>) => any;
    checkSchema: typeof checkSchema;
    checkExact: typeof checkExact;
    oneOf: typeof oneOf;
    matchedData: typeof matchedData;
    validationResult: (req: object) => Result<any>;
  }
}

export = validate;
