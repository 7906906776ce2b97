// Generated from index.ts and src-ts by "npm run generate". Do not edit.

/// <reference lib="esnext.disposable" />

declare const types: unique symbol;
/**
 * The rest of a computation, from the effect that a clause took up to and including the clause's handler. It can be
 * consumed once. `V` is what the suspended perform awaits, `R` the result of the computation, which a clause states
 * when it wants to use it: `k: Continuation<boolean, number[]>`.
 */
declare class Continuation<in V = never, out R = unknown> {
    #private;
    /** Exists in types only. */
    readonly [types]: (value: V) => R;
    /** A harmless description, so that logging a continuation shows no internals. */
    toJSON(): {
        continuation: string;
    };
}

declare const tag: unique symbol;
/** What any failure may be given besides its fields. */
interface FailureOptions {
    /** Takes the place of the message made from the name and the fields. */
    readonly message?: string;
    /** What has caused it. */
    readonly cause?: unknown;
}
/** Names of every error's own, which no field can have. */
type Reserved = 'name' | 'stack';
/** What the constructor of a failure with these fields takes. */
type FailureArguments<Fields> = [keyof Fields & Reserved] extends [never] ? [keyof Fields] extends [never] ? [options?: FailureOptions] : {} extends Fields ? [fields?: Readonly<Fields> & FailureOptions] : [fields: Readonly<Fields> & FailureOptions] : [fields: {
    readonly 'no field can be called': keyof Fields & Reserved;
}];
/** What `Failure(name)` gives: the class to extend, once it knows its fields. */
interface FailureClass<Name extends string> {
    new <Fields extends object = {}>(...fields: FailureArguments<Fields>): Failure<Name> & Readonly<Fields>;
}
/** How a failure is made: `class NotFound extends Failure('NotFound')<{ id: number }> {}`. */
interface FailureMaker {
    <const Name extends string>(name: Name): FailureClass<Name>;
    /** Makes `error instanceof Failure` true of every failure. */
    readonly prototype: Failure;
}
/** An error that the type of a program knows, by its name and its fields. */
interface Failure<out Name extends string = string> extends Error {
    readonly name: Name;
    /** Exists in types only: another Error is no Failure. */
    readonly [tag]: Name;
}
/**
 * Makes the base class of a failure: an Error whose name and fields the type of a program knows. The name is for people
 * and for types, and each failure of a program has its own; what is caught is told by its class.
 *
 * @throws InvalidFailureError when the name is empty or not a string.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const error = new NotFound({ id: 42 })
 * error.id // 42
 * error.message // 'NotFound { id: 42 }'
 * error instanceof Error && error instanceof Failure // true
 */
declare const Failure: FailureMaker;
/**
 * Throws a failure where it is yielded, or where the program is called that returns it. Its row has the failure until a
 * handler made with {@link catching}, or {@link catchingAll}, catches it. `try` and `catch` see an ordinary Error.
 *
 * @throws InvalidFailureError when `failure` is something else.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const find = Do(function* (id: number) { return id === 1 ? 'Ada' : yield* fail(new NotFound({ id })) })
 * run(find(2).with(catching(NotFound, ({ id }) => `nobody at ${id}`))) // 'nobody at 2'
 */
declare function fail<F extends Failure>(failure: F): Control<never, Fails<F>>;

declare const exactly: unique symbol;
/** The type of one effect in a row: its name, what it carries, what it is answered with. */
interface Effect<Name extends string, Payload extends readonly unknown[], Answer> {
    readonly name: Name;
    readonly payload: Payload;
    readonly answer: Answer;
    /** Makes the type invariant: a handler takes nothing but the very effects it was written for. */
    readonly [exactly]: (payload: Payload, answer: Answer) => void;
}
/**
 * Any value, spelled out: where the bound of a type parameter names the primitive types, the compiler keeps the literals
 * that a clause answers with.
 */
type Anything = string | number | boolean | bigint | symbol | {} | null | undefined | void;
/** What a clause may answer besides, where the effect has no answer: anything, such as what `lines.push(line)` gives. */
type IfVoid<Answer> = [Answer] extends [void] ? ([void] extends [Answer] ? Anything : never) : never;
declare const rest: unique symbol;
/** What a clause that does not say otherwise knows of the result of its `k`: that it is the result of the handled program. */
interface Rest {
    readonly [rest]: true;
}
/** Which results of the body a handler accepts whose clause has a `k` with the result `K`. */
type AcceptedBy<A, K> = [K] extends [Rest] ? A : A & NoInfer<K>;
/** Any effect. */
interface AnyEffect {
    readonly name: string;
    readonly payload: readonly unknown[];
    readonly answer: Anything;
}
/**
 * The row contributed by what a generator yields. Untyped effects (instances of user classes) are not tracked, nor is
 * `any`, here and below.
 */
type RowOf<Yielded> = Yielded extends Program<unknown, infer E> ? (0 extends 1 & Yielded ? never : E) : never;
declare const control: unique symbol;
/** A control primitive: returned from a generator it is performed as a tail call, and `Result` is the result. */
interface Control<Result, E = never> extends Program<Result, E> {
    readonly [control]: true;
}
/** The result of a generator that returned `R`: a returned control primitive stands for its own result. */
type ResultOf<R> = R extends Control<infer Result, unknown> ? (0 extends 1 & R ? R : Result) : R;
/** The row contributed by what a generator returned: a tail call performs the effects of what it calls. */
type ReturnedRow<R> = R extends Control<unknown, infer E> ? (0 extends 1 & R ? never : E) : never;
/** `never` for a generator that returns plain values only: where the choice is open, it is typed without tail calls. */
type Tailing<R> = [Extract<R, Control<unknown, unknown>>] extends [never] ? never : unknown;
/** The row of a whole generator. */
type GeneratorRow<Yielded, R> = RowOf<Yielded> | ReturnedRow<R>;
declare const delegated: unique symbol;
/** Stands in the row of a clause that declined with `Delegate()`: the effect that the clause took, performed again. */
interface Delegated {
    readonly name: 'Delegate';
    readonly [delegated]: true;
}
/** The row of a clause for the effect `Own`: what it delegated is that very effect. */
type ClauseRow<E, Own> = E extends Delegated ? Own : E;
/** The names in a row. */
type NamesOf<E> = [unknown] extends [E] ? string : E extends {
    readonly name: infer Name;
} ? Name : never;
declare const handledBy: unique symbol;
/** What the effects of a built-in handler have besides: how the handler that takes them is installed. */
interface HandledBy<out Installed extends string> {
    /** Exists in types only. */
    readonly [handledBy]?: Installed;
}
/** What is left to do for an effect, in words; the name of the effect comes first. */
type Missing<E> = E extends FailsWith<infer F> ? `${F['name']} is not caught: install catching(${F['name']}, …) or catchingAll` : E extends Async ? 'AsyncEscape waits for the outside: start the program with runAsync' : E extends RealTime ? 'Sleep lets time pass: start the program with runAsync, or install simulatedClock()' : E extends {
    readonly name: infer Name extends string;
    readonly [handledBy]?: infer Installed;
} ? Installed extends string ? `${Name} has no handler: install ${Installed}` : `${Name} has no handler` : never;
/** What is asked of a program that is to run: nothing when its row is empty, otherwise a text that nothing fits. */
type Handled<E> = 0 extends 1 & E ? unknown : [E] extends [never] ? unknown : [unknown] extends [E] ? Lost : Missing<E>;
/** What is asked of a program whose row is not known. */
type Lost = 'The effects of this program are not known: write its row, as in Program<number, EffectOf<typeof ReadFile>>';
declare const waits: unique symbol;
/** Stands in the row of a program that may wait for the outside: `runAsync` takes it, `run` does not. */
interface Async {
    readonly name: 'AsyncEscape (needs runAsync)';
    readonly [waits]: true;
}
declare const passes: unique symbol;
/** Stands in the row of a program that lets time pass: `runAsync` takes it, `run` does not, `simulatedClock()` removes it. */
interface RealTime {
    readonly name: 'Sleep (needs runAsync, or simulatedClock())';
    readonly [passes]: true;
}
/** As {@link Handled}, where waiting for the outside is allowed. */
type HandledAsync<E> = Handled<Exclude<E, Async | RealTime>>;
declare const failure$1: unique symbol;
/** One failure in a row. A handler that catches a class of failures catches its subclasses as well. */
interface FailsWith<out F extends Failure> {
    readonly name: `Fails: ${F['name']}`;
    readonly [failure$1]: F;
}
/** Stands in the row of a program that may fail: with `NotFound`, or with each of `NotFound | Expired`. */
type Fails<F extends Failure> = F extends Failure ? FailsWith<F> : never;
/** The failures in a row. */
type FailuresIn<E> = [unknown] extends [E] ? Failure : E extends FailsWith<infer F> ? F : never;
/** A row without its failures. */
type WithoutFailures<E> = Exclude<E, FailsWith<Failure>>;

/** What a clause names its effect by: the constructor, whatever it takes and gives. */
interface EffectKey<Own> {
    /** The effect's name. */
    readonly effectName: string;
    /** Whether `x` is an effect of this type. */
    is(x: unknown): x is Program<unknown, Own>;
    /** What the effect `x` of this type carries. @throws DoeffTypeError when it is something else. */
    payload(x: unknown): PayloadOf<Own>;
}
/** What effects of a type carry. */
type PayloadOf<Own> = Own extends {
    readonly payload: infer Payload;
} ? Payload : never;
/** Makes effects of one type. */
interface EffectConstructor<Name extends string, Payload extends readonly unknown[], Answer, Own = Effect<Name, Payload, Answer>> extends EffectKey<Own> {
    (...payload: Payload): Program<Answer, Own>;
    readonly effectName: Name;
    is(x: unknown): x is Program<Answer, Own>;
}
/** The constructor of an effect whose type is declared: `interface ReadFile extends Effect<'ReadFile', [string], string> {}`. */
type ConstructorOf<Own extends AnyEffect> = EffectConstructor<Own['name'], Own['payload'], Own['answer'], Own>;
/** The effect that a constructor makes, to write rows by hand: `Program<string, EffectOf<typeof ReadFile>>`. */
type EffectOf<Constructor> = Constructor extends EffectKey<infer Own> ? Own : never;
/** What `effect(name)` gives: it makes the constructor, once it knows what the effect carries and is answered with. */
interface EffectMaker<Name extends string> {
    <Payload extends readonly unknown[] = [], Answer = void>(): EffectConstructor<Name, Payload, Answer>;
    <Own extends AnyEffect & {
        readonly name: Name;
    }>(): ConstructorOf<Own>;
}
/**
 * Declares an effect: its name, what it carries and what it is answered with. An effect whose type is an interface is shown
 * by the name of that: in editors, in messages, and in the declarations of a library.
 *
 * @example
 * const Greeting = effect('Greeting')<[name: string], string>()
 * const polite = handler('polite').fun(Greeting, name => `Dear ${name}`)
 * run(Do(function* () { return yield* Greeting('Ada') })().with(polite)) // 'Dear Ada'
 *
 * const Login = effect('Login', { redact: true })<[password: string], boolean>()
 * String(Login('secret')) // 'Login(…)'
 *
 * interface FindName extends Effect<'FindName', [id: number], string | undefined> {}
 * const FindName = effect('FindName')<FindName>()
 * run(FindName(1).with(handler('names').val(FindName, 'Ada'))) // 'Ada'
 */
declare function effect<const Name extends string>(name: Name, options?: EffectOptions): EffectMaker<Name>;
/** How an effect is shown. */
interface EffectOptions {
    /** What it carries is not shown in messages, traces and logs: a password, say. */
    readonly redact?: boolean;
}
/**
 * The name of the effect that `x` is, for handlers that see every effect: as declared, or the name of its class. `undefined`
 * when it is none.
 *
 * @example
 * effectName(Ask('user')) // 'Ask'
 * effectName('Ask') // undefined
 */
declare function effectName(x: unknown): string | undefined;

/** How a program ended. Where the errors are known, `F` is their type. */
type Result<A, F = unknown> = Ok<A> | Err<F>;
/** The program returned `value`. */
interface Ok<A> {
    readonly ok: true;
    readonly value: A;
}
/**
 * A successful {@link Result}.
 *
 * @example
 * Ok(42) // { ok: true, value: 42 }
 */
declare function Ok<A>(value: A): Ok<A>;
/** The program threw `error`. */
interface Err<F = unknown> {
    readonly ok: false;
    readonly error: F;
}
/**
 * A failed {@link Result}.
 *
 * @example
 * Err('no') // { ok: false, error: 'no' }
 */
declare function Err<F>(error: F): Err<F>;

declare const map: unique symbol;
/** A map between types: `to` is computed from `from`. */
interface ResultMap {
    /** Tells the maps apart. */
    readonly [map]: unknown;
    readonly from: unknown;
    /** The row of the body, for a map that depends on it. */
    readonly row: unknown;
    readonly to: unknown;
}
/** The result of the body, unchanged: a handler without a return clause. */
interface Identity extends ResultMap {
    readonly [map]: 'identity';
    readonly to: this['from'];
}
/** The result of the body together with what a handler has collected. */
interface Paired<Items> extends ResultMap {
    readonly [map]: ['paired', Items];
    readonly to: [result: this['from'], items: Items];
}
/** What `Outer` makes of what `Inner` has made. */
interface Then<Inner, Outer> extends ResultMap {
    readonly [map]: ['then', Inner, Outer];
    readonly to: ResultUnder<Outer, ResultUnder<Inner, this['from'], this['row']>>;
}
/** A map that depends on the row of the body. */
interface RowMap extends ResultMap {
    readonly asksForRow: true;
}
/** The result of the body, or the failure that was caught: see `catchingAll`. */
interface Caught extends RowMap {
    readonly [map]: 'caught';
    readonly to: Result<this['from'], FailuresIn<this['row']>>;
}
/** What `Outer` makes of what `Inner` has made or has ended with, in the row that is left of the body's. */
interface ThenInRow<Inner, Outer, Takes, Performs, Ends> extends RowMap {
    readonly [map]: ['then in row', Inner, Outer, Takes, Performs, Ends];
    readonly to: ResultUnder<Outer, ResultUnder<Inner, this['from'], this['row']> | Ends, Exclude<this['row'], Takes> | Performs>;
}
/** What a handler with the result `R` makes of the result `A` of a body with the row `E`. */
type ResultUnder<R, A, E = unknown> = R extends ResultMap ? (R & {
    readonly from: A;
    readonly row: E;
})['to'] : R;

/** The effect type of a scoped effect: its payload, then the program. */
type ScopedEffect<Name extends string, Payload extends readonly unknown[]> = Effect<Name, [
    ...payload: Payload,
    program: Program<unknown, unknown>
], unknown>;
declare const carried: unique symbol;
/** Makes effects of one type that carry a program, and answer what the program does. */
interface ScopedConstructor<Name extends string, Payload extends readonly unknown[]> extends EffectKey<ScopedEffect<Name, Payload>> {
    <A, E>(...args: [...payload: Payload, program: Program<A, E>]): Program<A, E | ScopedEffect<Name, Payload>>;
    readonly effectName: Name;
    /** Exists in types only. */
    readonly [carried]: Payload;
}
/** The constructor of any scoped effect. */
interface AnyScoped {
    readonly effectName: string;
    readonly [carried]: readonly unknown[];
}
declare const body: unique symbol;
declare const result: unique symbol;
/** Stands for the row of the program that a scoped effect carries, in its clauses: whatever it is, it is kept. */
interface RowOfBody {
    readonly name: 'what the program performs';
    readonly [body]: true;
}
/** Stands for the result of that program, in its clauses: they answer with it, whatever it is. */
interface ResultOfBody {
    readonly [result]: true;
}
/** What a clause for a scoped effect gives: the program that runs in the place of the one it was given, or its steps. */
type ScopedResult = Program<ResultOfBody, unknown> | ProgramGenerator<unknown, ResultOfBody>;
/** A clause for a scoped effect: from the program and the payload to what runs in its place. */
type ScopedClause<Constructor extends AnyScoped, Result extends ScopedResult> = (program: Program<ResultOfBody, RowOfBody>, ...payload: Constructor[typeof carried]) => Result;
/**
 * Declares an effect that carries a program: `Span('checkout', program)`. Its handlers say with `.scoped` what is run in place
 * of the program, which keeps its result and its row.
 *
 * @throws InvalidProgramError (at the call of the constructor) when its last argument is no program.
 * @example
 * const Span = scopedEffect('Span')<[name: string]>()
 * const spans: string[] = []
 * const tracing = handler('tracing').scoped(Span, function* (program, name) {
 *   spans.push(`${name} begins`)
 *   const value = yield* program
 *   spans.push(`${name} ends`)
 *   return value
 * })
 * const work = Do(function* () { return (yield* Ask<number>('n')) + 1 })
 * const outer = reader({ n: 0 })
 * run(Span('work', work()).with(reader({ n: 41 })).with(tracing).with(outer)) // 42
 * spans // ['work begins', 'work ends']
 */
declare function scopedEffect<const Name extends string>(name: Name): <Payload extends readonly unknown[] = []>() => ScopedConstructor<Name, Payload>;

type AnyClass = abstract new (...args: never[]) => object;
/** What a `fun` clause may give for the answer: the answer, a program of it, or the steps of one. */
type FunResult<Answer> = Answer | Program<Answer, unknown> | ProgramGenerator<unknown, Answer>;
/** The row of what a `fun` clause gives. */
type FunRow<Result> = Result extends Program<unknown, infer E> ? E : Result extends Generator<infer Yielded, infer Returned, unknown> ? GeneratorRow<Yielded, Returned> : never;
/** The clauses of a handler for the instances of a class. */
interface ClassClauses<Instance, in H, out P, out F, out R, in A> {
    /** As the `val` of a handler. */
    val(constant: unknown): Handler<H, P, F, R, A>;
    /** As the `fun` of a handler. */
    fun<Result>(clause: (effect: Instance) => Result): Handler<H, P | FunRow<Result>, F, R, A>;
    /** As the `ctl` of a handler. */
    ctl<Yielded = never, Result = never, K = Rest>(clause: (k: Continuation<unknown, K>, effect: Instance) => ProgramGenerator<Yielded, Result>): Handler<H, P | ClauseRow<GeneratorRow<Yielded, Result>, never>, F | Exclude<ResultOf<Result>, Rest>, R, AcceptedBy<A, K>>;
    /** As the `raw` of a handler. */
    raw<Yielded = never, Result = never, K = Rest>(clause: (k: Continuation<unknown, K>, effect: Instance) => ProgramGenerator<Yielded, Result>): Handler<H, P | ClauseRow<GeneratorRow<Yielded, Result>, never>, F | Exclude<ResultOf<Result>, Rest>, R, AcceptedBy<A, K>>;
    /** As the `final` of a handler. */
    final<Yielded = never, Result = never>(clause: (effect: Instance) => ProgramGenerator<Yielded, Result>): Handler<H, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>;
    final<Result>(clause: (effect: Instance) => Result): Handler<H, P, F | Result, R, A>;
}
declare const about: unique symbol;
/**
 * A handler. Its type says what it takes (`H`), what its clauses perform (`P`), what they may end the body with (`F`),
 * what becomes of the body's result (`R`, {@link Identity}: nothing), and which results its return clause accepts (`A`).
 * `Handler<StateEffect>` is the type of a handler that only answers.
 *
 * @example
 * const Fail = effect('Fail')<[message: string], never>()
 * const failing = handler('failing')
 *   .final(Fail, message => ({ ok: false, message }))
 *   .returns((value: number) => ({ ok: true, value }))
 * run(Fail('no').with(failing)) // { ok: false, message: 'no' }
 * run(pure(42).with(failing)) // { ok: true, value: 42 }
 */
declare class Handler<in H = never, out P = never, out F = never, out R = Identity, in A = unknown> {
    #private;
    /** The name in messages and traces. */
    readonly name: string;
    /** Exists in types only. */
    readonly [about]: (takes: H, accepts: A) => {
        performs: P;
        ends: F;
        result: R;
    };
    /**
     * Answers the effect with a constant. Costs no call.
     *
     * @throws InvalidHandlerError when the handler has a clause for the effect already.
     * @example
     * const Port = effect('Port')<[], number>()
     * run(Port().with(handler('ports').val(Port, 80))) // 80
     */
    val<Own extends AnyEffect>(effect: EffectKey<Own>, constant: Own['answer']): Handler<H | Own, P, F, R, A>;
    /**
     * Answers the effect in place by calling a plain function on its payload. Nothing is captured. When the function
     * gives a program, or is a generator function, that runs outside of this handler and its result is the answer.
     *
     * @throws InvalidHandlerError when `clause` is not a function, or the effect has a clause already.
     * @example
     * const Size = effect('Size')<[text: string], number>()
     * run(Size('four').with(handler('sizes').fun(Size, text => text.length))) // 4
     * const asking = handler('asking').fun(Size, function* (text) { return (yield* Ask<number>(text)) + 1 })
     * run(Size('four').with(asking).with(reader({ four: 3 }))) // 4
     */
    fun<Own extends AnyEffect, Result extends Own['answer'] | Program<Own['answer'], unknown> | ProgramGenerator<unknown, Own['answer']> | IfVoid<Own['answer']>>(effect: EffectKey<Own>, clause: (...payload: Own['payload']) => Result): Handler<H | Own, P | FunRow<Result>, F, R, A>;
    /**
     * Takes the effect with its continuation `k`: resume it once, in tail position or not, or never. When the clause
     * ends and has not used `k`, the body is unwound.
     *
     * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
     * @example
     * const Choose = effect('Choose')<[], boolean>()
     * const counting = handler('counting').ctl(Choose, function* (k: Continuation<boolean, number>) {
     *   return (yield* Resume(k, true)) + 1
     * })
     * run(Choose().map(yes => (yes ? 41 : 0)).with(counting)) // 42
     */
    ctl<Own extends AnyEffect, Yielded = never, Result = never, K = Rest>(effect: EffectKey<Own>, clause: (k: Continuation<Own['answer'], K>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>): Handler<H | Own, P | ClauseRow<GeneratorRow<Yielded, Result>, Own>, F | Exclude<ResultOf<Result>, Rest>, R, AcceptedBy<A, K>>;
    /**
     * As `ctl`, but `k` may outlive the clause: keep it, return it, resume it later in the same run.
     *
     * @throws InvalidHandlerError when `clause` is not a generator function, or the effect has a clause already.
     * @example
     * const Pause = effect('Pause')()
     * const pausing = handler('pausing').raw(Pause, function* (k: Continuation<void, number>) { return k })
     * run(function* () {
     *   const k = yield* Pause().map(() => 42).with(pausing)
     *   return typeof k === 'number' ? k : yield* Resume(k)
     * }) // 42
     */
    raw<Own extends AnyEffect, Yielded = never, Result = never, K = Rest>(effect: EffectKey<Own>, clause: (k: Continuation<Own['answer'], K>, ...payload: Own['payload']) => ProgramGenerator<Yielded, Result>): Handler<H | Own, P | ClauseRow<GeneratorRow<Yielded, Result>, Own>, F | Exclude<ResultOf<Result>, Rest>, R, AcceptedBy<A, K>>;
    /**
     * Ends the body: it is unwound first, then the clause's result is the result of the whole handled program.
     *
     * @throws InvalidHandlerError when the effect has a clause already.
     * @example
     * const Fail = effect('Fail')<[message: string], never>()
     * run(Fail('no').with(handler('failing').final(Fail, message => `failed: ${message}`))) // 'failed: no'
     */
    final<Own extends AnyEffect, Yielded = never, Result = never>(effect: EffectKey<Own>, clause: (...payload: Own['payload']) => ProgramGenerator<Yielded, Result>): Handler<H | Own, P | GeneratorRow<Yielded, Result>, F | ResultOf<Result>, R, A>;
    final<Own extends AnyEffect, Result>(effect: EffectKey<Own>, clause: (...payload: Own['payload']) => Result): Handler<H | Own, P, F | Result, R, A>;
    /**
     * Maps the body's normal result. Runs outside of this handler, once per handled program.
     *
     * @throws InvalidHandlerError when the handler has a return clause already.
     * @example
     * run(pure([1, 2]).with(handler('count').returns((items: number[]) => items.length))) // 2
     */
    returns<Value, Yielded = never, Result extends A | Control<A, unknown> = never>(clause: (value: Value) => ProgramGenerator<Yielded, Result>): Handler<H, P | GeneratorRow<Yielded, Result>, F, ResultOf<Result>, Value>;
    returns<Value, Result extends A>(clause: (value: Value) => Result): Handler<H, P, F, Result, Value>;
    /**
     * Answers an effect that carries a program with what the clause makes of it. All of that runs where the effect was
     * performed, under the handlers there: a handler that the clause puts around the program is the innermost.
     *
     * @throws InvalidHandlerError when the effect was not declared with `scopedEffect`, `clause` is no function, or the effect has
     * a clause already.
     * @example
     * const Quietly = scopedEffect('Quietly')()
     * const mute = handler('mute').fun(Tell, () => undefined)
     * const quiet = handler('quiet').scoped(Quietly, program => program.with(mute))
     * const body = Do(function* () { yield* Tell('a'); yield* Quietly(Tell('b')); yield* Tell('c') })
     * run(Listen(body()).with(quiet).with(writer())) // [undefined, ['a', 'c']]
     */
    scoped<Constructor extends AnyScoped, Result extends ScopedResult>(effect: Constructor, clause: ScopedClause<Constructor, Result>): Handler<H | EffectOf<Constructor>, P | Exclude<FunRow<Result>, RowOfBody>, F, R, A>;
    /**
     * Names the effect that the instances of a class are; a clause of any kind follows. It is given the instance, and nothing is
     * known of the answer.
     *
     * @throws InvalidHandlerError when `effect` is not a class of yours.
     * @example
     * class Twice { constructor(readonly n: number) {} }
     * const doubling = handler('doubling').on(Twice).fun(({ n }) => n * 2)
     * run(Do(function* () { return yield new Twice(21) })().with(doubling)) // 42
     */
    on<C extends AnyClass>(effect: C): ClassClauses<InstanceType<C>, H, P, F, R, A>;
}
/** A handler of whatever type. */
type AnyHandler = Handler<never, unknown, unknown, unknown, never>;

/**
 * A generator as programs write them. What it yields decides its row, what it returns its result. A plain `yield`
 * answers `unknown`; `yield*` answers what the program gives.
 */
type ProgramGenerator<Yielded, Result> = Generator<Yielded, Result, unknown>;
declare const row: unique symbol;
/**
 * An inert, re-runnable description: running it gives an `A` and may perform the effects `E`, its row.
 *
 * A row is a union of effect types, `never` when nothing is performed. `Do` collects it from what the generator yields,
 * `.with` subtracts what a handler takes and adds what its clauses perform, `run` asks for an empty one. A program with
 * fewer effects fits where more are allowed. To write a row, name effects by their constructors:
 * `Program<number, EffectOf<typeof ReadFile> | TellEffect>`.
 *
 * @example
 * const program = Do(function* () { return (yield* Get<number>('n')) ?? 0 })()
 * run(program.with(state({ n: 20 })).map(n => n + 22)) // 42
 */
declare class Program<out A = unknown, out E = never> {
    /** Exists in types only. */
    readonly [row]: E;
    /** `yield* program` is the typed form of `yield program`: the program itself is yielded, once. */
    [Symbol.iterator](): Iterator<Program<A, E>, A, unknown>;
    /**
     * This program under a handler; the first `.with` is the innermost.
     *
     * @throws InvalidHandlerError when `handler` is something else.
     * @example
     * run(Do(function* () { yield* Tell('hello'); return 1 })().with(writer())) // 1
     */
    with<H, P, F, R>(handler: Handler<H, P, F, R, A>): Program<ResultUnder<R, A, E> | F, Exclude<E, H> | P>;
    /**
     * This program with its result mapped by a plain function.
     *
     * @example
     * run(pure(21).map(n => n * 2)) // 42
     */
    map<B>(f: (value: A) => B): Program<B, E>;
    /**
     * This program followed by the program that `f` makes of its result.
     *
     * @example
     * run(Get<number>('n').flatMap(n => Put('n', (n ?? 0) + 1)).flatMap(() => Get('n')).with(state({ n: 41 }))) // 42
     */
    flatMap<Next extends Program<unknown, unknown>>(f: (value: A) => Next): Program<AnswerOf<Next>, E | NextRow<Next>>;
    /** The program in one short line, for messages. */
    toString(): string;
    /** What `JSON.stringify` shows: an effect's name and payload; of any other program a short line. */
    toJSON(): unknown;
}
/** The row of a program that follows another one. Of `any` it is `any`: the compiler compares programs by it. */
type NextRow<Next> = Next extends Program<unknown, infer E> ? (0 extends 1 & Next ? Next : E) : never;
/** What a program answers. */
type AnswerOf<P> = P extends Program<infer A, unknown> ? A : never;
/**
 * Makes a function from arguments to programs out of a generator function. Each call gives a program; each run of it
 * calls the generator function afresh.
 *
 * @throws InvalidProgramError when `f` is not a generator function.
 * @example
 * const double = Do(function* (n: number) { return n * 2 })
 * run(double(21)) // 42
 */
declare function Do<Args extends unknown[], Yielded, R>(f: ((...args: Args) => ProgramGenerator<Yielded, R>) & Tailing<R>): (...args: Args) => Program<ResultOf<R>, GeneratorRow<Yielded, R>>;
declare function Do<Args extends unknown[], Yielded, R>(f: (...args: Args) => ProgramGenerator<Yielded, R>): (...args: Args) => Program<R, RowOf<Yielded>>;
/**
 * The program that does nothing and answers `value`.
 *
 * @example
 * run(pure(42)) // 42
 */
declare function pure<A>(value: A): Program<A>;
/** What may stand for a program where one is asked for: a program, or a generator function without parameters. */
type ProgramLike<A = unknown, E = unknown> = Program<A, E> | (() => ProgramGenerator<unknown, unknown>);

declare const shape: unique symbol;
/** What one effect of a family carries and is answered with. */
interface Operation<Payload extends readonly unknown[], Answer> {
    readonly [shape]: (payload: Payload) => Answer;
}
/**
 * Says what one effect of a family carries and is answered with: `op<[id: number], Item | null>()`.
 *
 * @example
 * const Clock = effects('Clock', { now: op<[], number>() })
 * run(Clock.now().with(handler('noon', Clock, { now: () => 12 }))) // 12
 */
declare function op<Payload extends readonly unknown[] = [], Answer = void>(): Operation<Payload, Answer>;
/** Any operation. Its types are those that `op` was given: nothing is inferred from here. */
interface AnyOperation {
    readonly [shape]: unknown;
}
type Operations = Readonly<Record<string, AnyOperation>>;
/** The constructors of a family, by name: `Repo.find(1)` is an effect named `Repo.find`. */
type Family<Name extends string, Ops> = {
    readonly [K in keyof Ops & string]: Ops[K] extends Operation<infer Payload, infer Answer> ? EffectConstructor<`${Name}.${K}`, Payload, Answer> : never;
};
/** The effects of a family, to write rows by hand: `Program<Item, EffectsOf<typeof Repo>>`. */
type EffectsOf<F> = EffectOf<F[keyof F]>;
/** The payload of one effect of a family. */
type PayloadIn<F, K> = K extends keyof F ? F[K] extends EffectConstructor<string, infer Payload, infer _Answer> ? Payload : never : never;
/** What the clauses of a family may give. */
type FamilyResults<F> = {
    readonly [K in keyof F]: F[K] extends EffectConstructor<string, infer _Payload, infer Answer> ? FunResult<Answer> : never;
};
/** A function, or a generator function, for each effect of a family. */
type FamilyClauses<F, Results> = {
    readonly [K in keyof Results]: (...payload: PayloadIn<F, K>) => Results[K];
};
/**
 * Declares several effects at once. `Repo.find` makes effects named `Repo.find`; `handler('in memory', Repo, { … })` answers all of
 * them.
 *
 * @throws InvalidEffectError when an operation was not made by `op`.
 * @example
 * const Repo = effects('Repo', { find: op<[id: number], string | undefined>(), save: op<[id: number, text: string]>() })
 * const stored = new Map<number, string>()
 * const inMemory = handler('in memory', Repo, {
 *   find: id => stored.get(id),
 *   save: (id, text) => { stored.set(id, text) },
 * })
 * const program = Do(function* () { yield* Repo.save(1, 'tea'); return yield* Repo.find(1) })
 * run(program().with(inMemory)) // 'tea'
 */
declare function effects<const Name extends string, Ops extends Operations>(name: Name, operations: Ops): Family<Name, Ops>;

/**
 * Starts a handler; the name appears in messages and traces. With a family of effects, the handler has a clause for each of them:
 * a missing one does not compile, and is refused by name.
 *
 * @throws InvalidHandlerError when a clause of the family is missing, or there is one that it does not have.
 * @example
 * const Roll = effect('Roll')<[sides: number], number>()
 * const loaded = handler('loaded').fun(Roll, sides => sides)
 * run(Do(function* () { return yield* Roll(6) })().with(loaded)) // 6
 * const Dice = effects('Dice', { roll: op<[sides: number], number>(), shake: op() })
 * const fair = handler('fair', Dice, { roll: () => 4, shake: () => undefined })
 * run(Dice.shake().flatMap(() => Dice.roll(6)).with(fair)) // 4
 */
declare function handler(name: string): Handler;
declare function handler<F, Results extends FamilyResults<F>>(name: string, family: F, clauses: FamilyClauses<F, Results>): Handler<EffectsOf<F>, FunRow<Results[keyof Results]>>;
declare namespace handler {
    var resource: <Resource, E, Release extends Program<unknown, unknown>, H, P, F, R, A>(name: string, acquire: Program<Resource, E>, release: (resource: Resource) => Release, make: (resource: Resource) => Handler<H, P, F, R, A>) => Handler<H, P | E | RowOf<Release>, F, R, A>;
    var local: <State, H, P, F, R, A>(init: () => State, make: (state: State) => Handler<H, P, F, R, A>) => Handler<H, P, F, R, A>;
}

/**
 * An untyped handler: a generator function (or a function that gives a program) called for every effect. The effect may
 * be annotated as what it is expected to be; nothing is checked.
 */
type CatchAll = {
    clause(effect: unknown, k: Continuation<unknown, unknown>): ProgramGenerator<unknown, unknown> | Program<unknown, unknown>;
}['clause'];
/** A catch-all whose continuation may outlive it. */
interface RawCatchAll {
    /** The function that was marked. */
    readonly rawCatchAll: CatchAll;
}
/**
 * Marks a catch-all handler as `raw`: its `k` may outlive the clause, in the same run.
 *
 * @throws InvalidHandlerError when `f` is not a function.
 * @example
 * const Pause = effect('Pause')()
 * const kept: Continuation<unknown>[] = []
 * const pausing = raw(function* (_effect, k) { kept.push(k) })
 * run(function* () {
 *   yield* WithHandler(pausing, Pause().map(() => 42))
 *   return yield* Resume(kept[0]!)
 * }) // 42
 */
declare function raw(f: CatchAll): RawCatchAll;

/**
 * What becomes of the body's result when `Outer` maps what `Inner` has mapped, and what its clauses `Ends` the body with.
 * An outer one that asks for the row sees what the inner one leaves of it.
 */
type ThenResult<Inner, Outer, Takes, Performs, Ends> = Outer extends Identity ? Inner : Outer extends RowMap ? ThenInRow<Inner, Outer, Takes, Performs, Ends> : Inner extends Identity ? Outer : Inner extends ResultMap ? Then<Inner, Outer> : ResultUnder<Outer, Inner>;
/** What becomes, under `Outer`, of what the clauses of an inner handler end the body with. */
type EndsUnder<Ends, Outer> = [Ends] extends [never] ? never : Outer extends RowMap ? never : ResultUnder<Outer, Ends>;
/** Which results of the body both accept; none when the outer handler cannot take what the inner one gives. */
type BothAccept<InnerAccepts, InnerEnds, InnerResult, OuterAccepts> = [InnerResult] extends [Identity] ? [InnerEnds] extends [OuterAccepts] ? InnerAccepts & OuterAccepts : never : [InnerEnds | ResultUnder<InnerResult, unknown>] extends [OuterAccepts] ? InnerAccepts : never;
/** The type of two handlers as one. */
type Inside<Outer, Inner> = Outer extends Handler<infer H2, infer P2, infer F2, infer R2, infer A2> ? Inner extends Handler<infer H1, infer P1, infer F1, infer R1, infer A1> ? Handler<H1 | H2, Exclude<P1, H2> | P2, EndsUnder<F1, R2> | F2, ThenResult<R1, R2, H1, P1, F1>, BothAccept<A1, F1, R1, A2>> : never : never;
/** The type of a list of handlers as one, the first as the outermost. */
type Composition<Handlers extends readonly unknown[]> = Handlers extends readonly [infer Only] ? Only : Handlers extends readonly [infer Outer, ...infer Rest] ? Inside<Outer, Composition<Rest>> : AnyHandler;
/**
 * Makes one handler of several, the outermost first: `program.with(compose(a, b))` is `program.with(b).with(a)`. What
 * an inner one performs, the outer ones may take. The composition takes no clauses of its own.
 *
 * @throws InvalidHandlerError when something else than a handler is among them, or nothing.
 * @example
 * const Log = effect('Log')<[line: string]>()
 * const telling = handler('telling').fun(Log, line => Tell(line))
 * const logged = compose(writer(), telling)
 * run(Listen(Do(function* () { yield* Log('hello') })()).with(logged)) // [undefined, []]
 */
declare function compose<Handlers extends readonly [AnyHandler, ...AnyHandler[]]>(...handlers: Handlers): Composition<Handlers>;

/** What is needed of a signal. */
interface MinimalSignal {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: 'abort', listener: () => void, options?: {
        once?: boolean;
    }): void;
    removeEventListener(type: 'abort', listener: () => void): void;
}
/**
 * The AbortSignal of the platform, where types of the platform are installed (`@types/node`, or the library `dom`); otherwise
 * what is needed of one, so that the declarations of this package compile with nothing else.
 */
type Signal = typeof globalThis extends {
    AbortSignal: {
        prototype: infer Platform;
    };
} ? Platform : MinimalSignal;

/** One link of a trace. */
interface TraceLink {
    /** A program that was running, a handler's clause that was running, or a handler that was installed. */
    readonly kind: 'program' | 'clause' | 'handler';
    readonly name: string;
    /** Where it waited when the error came: `file:line:column` of its `yield*`. A plain `yield` leaves no place. */
    readonly site?: string;
}
/**
 * The programs and handlers that `error` passed, innermost first: at most 50 of them. Programs that waited at a `yield*`
 * say where.
 *
 * @example
 * const fails = Do(function* fails() { throw new Error('no') })
 * let caught: unknown
 * try { run(fails()) } catch (error) { caught = error }
 * effectTrace(caught) // [{ kind: 'program', name: 'fails' }]
 */
declare function effectTrace(error: unknown): readonly TraceLink[];
/**
 * The error and its effect trace as readable text; below it, indented, the same of its `cause` and of the `errors` of an
 * AggregateError. Never throws, whatever the error is.
 *
 * @example
 * const fails = Do(function* fails() { throw new Error('no') })
 * let caught: unknown
 * try { run(fails()) } catch (error) { caught = error }
 * formatTrace(caught) // 'Error: no\n    in program fails'
 */
declare function formatTrace(error: unknown): string;

/** The value argument may be left out where the suspended perform awaits none. */
type ValueFor<V> = undefined extends V ? [value?: V] : [value: V];
/**
 * Answers `value`: what {@link pure} does, under another name.
 *
 * @deprecated Write `pure(value)`, or return the value.
 * @example
 * run(function* () { return yield* Pure(42) }) // 42
 */
declare function Pure<A>(value: A): Control<A>;
/**
 * Resumes `k` with a value and answers the final result of its computation. `return Resume(k, value)` is the tail
 * form: the returning frame is gone first.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (k, n) { return Resume(k, n * 2) })
 * run(Twice(21).with(doubling)) // 42
 */
declare function Resume<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R>;
/**
 * As `return Resume(k, value)` from wherever it is yielded: the yielding generator is closed first. Never answers.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (k, n) { return Transfer(k, n * 2) })
 * run(Twice(21).with(doubling)) // 42
 */
declare function Transfer<V, R>(k: Continuation<V, R>, ...value: ValueFor<V>): Control<R>;
/**
 * Throws `error` where `k` is suspended and answers the final result of its computation.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Read = effect('Read')<[path: string], string>()
 * const none = handler('none').ctl(Read, function* (k, path) { return ResumeThrow(k, new Error(`no ${path}`)) })
 * const careful = Do(function* () {
 *   try { return yield* Read('a') } catch { return 'missing' }
 * })
 * run(careful().with(none)) // 'missing'
 */
declare function ResumeThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R>;
/**
 * The tail form of {@link ResumeThrow}; closes the yielding generator first. Never answers.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Read = effect('Read')<[path: string], string>()
 * const none = handler('none').ctl(Read, function* (k, path) { return TransferThrow(k, new RangeError(path)) })
 * run(Read('a').with(none)) // throws RangeError
 */
declare function TransferThrow<V, R>(k: Continuation<V, R>, error: unknown): Control<R>;
/**
 * Closes `k`'s frames, innermost first, and answers `undefined` when they are closed.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * const Stop = effect('Stop')()
 * const stopping = handler('stopping').ctl(Stop, function* (k) {
 *   yield* Discontinue(k)
 *   return 'stopped'
 * })
 * const events: string[] = []
 * const body = Do(function* () {
 *   try { yield* Stop() } finally { events.push('closed') }
 * })
 * run(body().with(stopping)) // 'stopped'
 * events // ['closed']
 */
declare function Discontinue(k: Continuation<never>): Control<undefined>;
/**
 * Runs `body` under a handler. The handler is a value made with `handler`, or an untyped generator function
 * `(effect, k)`; the body is a program, an effect or a generator function without parameters.
 *
 * @throws InvalidHandlerError, InvalidProgramError when either is something else.
 * @example
 * class Twice { constructor(readonly n: number) {} }
 * function* doubling(effect: Twice, k: Continuation<number>) { return yield* Resume(k, effect.n * 2) }
 * run(WithHandler(doubling, function* () { return yield new Twice(21) })) // 42
 * run(WithHandler(state({ n: 42 }), Get('n'))) // 42
 */
declare function WithHandler(handler: CatchAll | RawCatchAll, body: (() => ProgramGenerator<unknown, unknown>) | Program<unknown, unknown>): Control<unknown>;
declare function WithHandler<Yielded, Result, H, P, F, R>(handler: Handler<H, P, F, R, ResultOf<Result>>, body: () => ProgramGenerator<Yielded, Result>): Control<ResultUnder<R, ResultOf<Result>, GeneratorRow<Yielded, Result>> | F, Exclude<GeneratorRow<Yielded, Result>, H> | P>;
declare function WithHandler<A, E, H, P, F, R>(handler: Handler<H, P, F, R, A>, body: Program<A, E>): Control<ResultUnder<R, A, E> | F, Exclude<E, H> | P>;
/**
 * In a clause: declines. The same `k` goes to the next outer handler, with the same effect or another one; the
 * declining clause is closed. Never answers.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 * @example
 * const Greet = effect('Greet')<[name: string], string>()
 * const plain = handler('plain').fun(Greet, name => `Hello, ${name}`)
 * const friendly = handler('friendly').ctl(Greet, function* (k, name) {
 *   return name === 'Ada' ? Resume(k, 'Hi, Ada!') : Delegate()
 * })
 * run(traverse(['Ada', 'Bob'], Greet).with(friendly).with(plain)) // ['Hi, Ada!', 'Hello, Bob']
 */
declare function Delegate(): Control<never, Delegated>;
declare function Delegate<E = never>(effect: Program<unknown, E> | object): Control<never, E>;
/**
 * `return Tail(program)` runs the program in place of the returning one: a tail call, in flat memory.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const isEven: (n: number) => Program<boolean> = Do(function* (n: number) {
 *   return n === 0 ? true : Tail(isOdd(n - 1))
 * })
 * const isOdd: (n: number) => Program<boolean> = Do(function* (n: number) {
 *   return n === 0 ? false : Tail(isEven(n - 1))
 * })
 * run(isEven(1000)) // true
 */
declare function Tail<A, E>(program: Program<A, E>): Control<A, E>;
/**
 * In a clause: answers its continuation, not consumed.
 *
 * @throws NoHandlerContextError (at the yield) outside of a clause.
 * @example
 * const Twice = effect('Twice')<[n: number], number>()
 * const doubling = handler('doubling').ctl(Twice, function* (_, n) {
 *   return Resume(yield* GetContinuation(), n * 2)
 * })
 * run(Twice(21).with(doubling)) // 42
 */
declare function GetContinuation(): Control<Continuation<unknown, unknown>>;
/**
 * Answers the handlers in scope, innermost first; in a clause, those of the callsite. They can be installed again in
 * the same run, and a built-in one then shares its store.
 *
 * @example
 * const names = Do(function* () { return (yield* GetHandlers()).map(({ name }) => name) })
 * run(names().with(writer()).with(state())) // ['writer', 'state']
 */
declare function GetHandlers(): Control<readonly AnyHandler[]>;
/**
 * Answers an unstarted continuation of `program` under `handlers`, innermost first, as {@link GetHandlers} gives them.
 * Only {@link ResumeContinuation} can start it.
 *
 * @throws InvalidProgramError, InvalidHandlerError when something else is among them.
 * @example
 * run(function* () {
 *   const k = yield* CreateContinuation(Get('n'), [state({ n: 42 })])
 *   return yield* ResumeContinuation(k)
 * }) // 42
 */
declare function CreateContinuation<A, E>(program: Program<A, E>): Control<Continuation<unknown, A>, E>;
declare function CreateContinuation(program: Program<unknown, unknown>, handlers: readonly AnyHandler[]): Control<Continuation<unknown, unknown>>;
/**
 * Starts an unstarted continuation (the value is ignored) or resumes a started one; answers its result.
 *
 * @throws OneShotViolationError (at the yield) when `k` was used before.
 * @example
 * run(function* () {
 *   const k = yield* CreateContinuation(pure(42))
 *   return yield* ResumeContinuation(k)
 * }) // 42
 */
declare function ResumeContinuation<V, R>(k: Continuation<V, R>, value?: V): Control<R>;
/**
 * Awaits `action()` outside of the machine and answers what it resolves to; a rejection is thrown at the yield. The
 * whole run waits meanwhile. The signal is aborted when the run is.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 * @example
 * const body = Do(function* () { return (yield* AsyncEscape(() => Promise.resolve(41))) + 1 })
 * await runAsync(body()) // 42
 */
declare function AsyncEscape<A>(action: (signal: Signal) => PromiseLike<A> | A): Control<A, Async>;
/**
 * Answers the programs and handlers from here outward, or of `k`: frames as data, at most 256.
 *
 * @throws InvalidContinuationError (at the yield) when `k` is something else.
 * @example
 * const here = Do(function* here() { return (yield* GetTraceback()).map(({ name }) => name) })
 * run(here().with(writer())) // ['here', 'writer']
 */
declare function GetTraceback(k?: Continuation): Control<readonly TraceLink[]>;

/** Keys and values: an object (its own string keys), a Map, or a list of pairs. */
type Bindings = object | Iterable<readonly [key: unknown, value: unknown]>;

/** The effect type of {@link Get}. */
interface GetEffect extends Effect<'Get', [key: unknown], unknown>, HandledBy<'state()'> {
}
/** The effect type of {@link Put}. */
interface PutEffect extends Effect<'Put', [key: unknown, value: unknown], void>, HandledBy<'state()'> {
}
/** The effect type of {@link Modify}. */
interface ModifyEffect extends Effect<'Modify', [key: unknown, change: (old: never) => unknown], unknown>, HandledBy<'state()'> {
}
/** What {@link state} handles. */
type StateEffect = GetEffect | PutEffect | ModifyEffect;
/**
 * Answers the value under `key`, or `undefined`.
 *
 * @example
 * run(Get('n').with(state({ n: 42 }))) // 42
 * run(Get('missing').with(state())) // undefined
 */
declare const Get: {
    <V = unknown>(key: unknown): Program<V | undefined, GetEffect>;
} & ConstructorOf<GetEffect>;
/**
 * Sets the value under `key`.
 *
 * @example
 * run(Put('n', 42).flatMap(() => Get('n')).with(state())) // 42
 */
declare const Put: ConstructorOf<PutEffect>;
/**
 * Sets the value under `key` to `change(old)` and answers the old one. If `change` throws, nothing is changed.
 *
 * @throws what `change` throws (at the yield).
 * @example
 * run(Modify<number>('n', n => (n ?? 0) + 1).with(state({ n: 1 }))) // 1
 */
declare const Modify: {
    <V>(key: unknown, change: (old: V | undefined) => V): Program<V | undefined, ModifyEffect>;
} & ConstructorOf<ModifyEffect>;
/**
 * A State handler with a store of its own, new for each run of the handled program. `initial` is an object, a Map or
 * a list of pairs.
 *
 * @throws DoeffTypeError (when it is installed) when `initial` is none of them.
 * @example
 * const next = Do(function* () { return yield* Modify<number>('id', id => (id ?? 0) + 1) })
 * run(next().with(state({ id: 7 }))) // 7
 */
declare function state(initial?: Bindings): Handler<StateEffect>;

/** The effect type of {@link Ask}. */
interface AskEffect extends Effect<'Ask', [key: unknown], unknown>, HandledBy<'reader({ … })'> {
}
/** The effect type of {@link Local}. */
interface LocalEffect extends Effect<'Local', [bindings: Bindings, program: Program<unknown, unknown>], unknown>, HandledBy<'reader({ … })'> {
}
/** What {@link reader} handles. */
type ReaderEffect = AskEffect | LocalEffect;
/**
 * Answers the value bound to `key`.
 *
 * @throws MissingEnvKeyError (at the yield) when no reader in scope binds it.
 * @example
 * run(Ask<number>('port').with(reader({ port: 80 }))) // 80
 * run(Ask('host').with(reader({ port: 80 }))) // throws MissingEnvKeyError
 */
declare const Ask: {
    <V = unknown>(key: unknown): Program<V, AskEffect>;
} & ConstructorOf<AskEffect>;
/**
 * Runs `program` with more bindings and answers its result; they are gone on every exit.
 *
 * @throws DoeffTypeError, InvalidProgramError when `bindings` or `program` is something else.
 * @example
 * const name = Do(function* () { return yield* Ask<string>('name') })
 * run(Local({ name: 'inner' }, name()).with(reader({ name: 'outer' }))) // 'inner'
 */
declare const Local: (<A, E>(bindings: Bindings, program: Program<A, E>) => Program<A, E | LocalEffect>) & ConstructorOf<LocalEffect>;
/**
 * A Reader handler with an environment of its own. `env` is an object, a Map or a list of pairs.
 *
 * @throws DoeffTypeError (when it is installed) when `env` is none of them.
 * @example
 * run(Do(function* () { return yield* Ask<number>('port') })().with(reader({ port: 80 }))) // 80
 */
declare function reader(env: Bindings): Handler<ReaderEffect>;

/** The effect type of {@link Tell}. */
interface TellEffect extends Effect<'Tell', [message: unknown], void>, HandledBy<'writer()'> {
}
/** The effect type of {@link Listen}. */
interface ListenEffect extends Effect<'Listen', [program: Program<unknown, unknown>], unknown>, HandledBy<'writer()'> {
}
/** What {@link writer} handles. */
type WriterEffect = TellEffect | ListenEffect;
/**
 * Appends a message to the log.
 *
 * @example
 * run(Listen(Tell('hello')).with(writer())) // [undefined, ['hello']]
 */
declare const Tell: ConstructorOf<TellEffect>;
/**
 * Runs `program` and answers its result together with the messages it told. They stay in the outer log too.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const noisy = Do(function* () { yield* Tell('a'); return 1 })
 * run(Listen(noisy()).with(writer())) // [1, ['a']]
 */
declare const Listen: (<A, E>(program: Program<A, E>) => Program<[result: A, messages: unknown[]], E | ListenEffect>) & ConstructorOf<ListenEffect>;
/**
 * A Writer handler with a log of its own, new for each run of the handled program.
 *
 * @example
 * run(Tell('hello').map(() => 42).with(writer())) // 42
 */
declare function writer(): Handler<WriterEffect>;

/** The effect type of {@link Try}. */
interface TryEffect extends Effect<'Try', [program: Program<unknown, unknown>], unknown>, HandledBy<'tryHandler'> {
}
/**
 * Runs `program` and answers `Ok(value)` or `Err(error)`. It does not roll state back.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const fails = Do(function* () { throw new Error('no') })
 * run(Try(fails()).with(tryHandler)).ok // false
 */
declare const Try: (<A, E>(program: Program<A, E>) => Program<Result<A>, WithoutFailures<E> | TryEffect>) & ConstructorOf<TryEffect>;
/**
 * Handles {@link Try}.
 *
 * @example
 * run(Try(pure(42)).with(tryHandler)) // { ok: true, value: 42 }
 */
declare const tryHandler: Handler<TryEffect>;

type Class = abstract new (...args: never[]) => Failure;
/** What a clause answers with: the result of a program, or the value. */
type Answered<Result> = Result extends Program<infer A, unknown> ? A : Result;
/**
 * Catches failures of a class, or of several: `.with(catching(NotFound, failure => …))`. The clause gets the failure; the
 * value that it returns, or the result of the program, is the result of the handled program. It runs outside: the handlers
 * inside of this one have been left. Everything else that was thrown goes on.
 *
 * @throws InvalidHandlerError when a class is not one of failures, or the clause is not a function.
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * class Gone extends Failure('Gone') {}
 * const missing = fail(new NotFound({ id: 1 }))
 * run(missing.with(catching(NotFound, ({ id }) => `no ${id}`))) // 'no 1'
 * run(missing.with(catching(NotFound, Gone, ({ name }) => Ask<string>(name))).with(reader({ NotFound: '404' }))) // '404'
 */
declare function catching<Classes extends readonly Class[], Yielded = never, Result = never>(...classesAndClause: [
    ...classes: Classes,
    clause: (failure: InstanceType<Classes[number]>) => ProgramGenerator<Yielded, Result>
]): Handler<Fails<InstanceType<Classes[number]>>, GeneratorRow<Yielded, Result>, ResultOf<Result>>;
declare function catching<Classes extends readonly Class[], Result>(...classesAndClause: [...classes: Classes, clause: (failure: InstanceType<Classes[number]>) => Result]): Handler<Fails<InstanceType<Classes[number]>>, RowOf<Result>, Answered<Result>>;
/**
 * Catches every failure, and makes a {@link Result} of how the handled program ended: `Ok` of its result, or `Err` of the
 * failure, whose type is one of those in the row. An error that is no {@link Failure} goes on: it is a bug.
 *
 * @example
 * class NotFound extends Failure('NotFound')<{ id: number }> {}
 * const find = Do(function* (id: number) { return id === 1 ? 'Ada' : yield* fail(new NotFound({ id })) })
 * run(find(1).with(catchingAll)) // { ok: true, value: 'Ada' }
 * const result = run(find(2).with(catchingAll))
 * !result.ok && result.error.id // 2
 */
declare const catchingAll: Handler<FailsWith<Failure>, never, never, Caught>;
/**
 * Runs `program` and answers `Ok(value)` or `Err(error)`, whatever the error is, a bug too: so its type is unknown. It is
 * {@link Try} that needs no handler. For failures alone, with their types, there is {@link catchingAll}.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const parse = Do(function* (text: string) { return JSON.parse(text) as unknown })
 * run(attempt(parse('[1]'))) // { ok: true, value: [1] }
 * run(attempt(parse('[1'))).ok // false
 */
declare function attempt<A, E>(program: Program<A, E>): Program<Result<A>, WithoutFailures<E>>;

/** The effect type of {@link Await}. */
interface AwaitEffect extends Effect<'Await', [action: unknown], unknown>, HandledBy<'scheduled() or awaitHandler()'> {
}
/**
 * Waits for a promise, or for what a function gives: it is called with a signal that is aborted when the task is
 * cancelled. Only this task waits; without a scheduler, under `awaitHandler()`, the whole program does. A rejection is
 * thrown at the yield, as it is.
 *
 * @throws AsyncInSyncRunError (at the yield) in a synchronous run.
 * @example
 * await runAsync(Await(Promise.resolve(42)).with(scheduled())) // 42
 * await runAsync(Await(signal => Promise.resolve(signal.aborted)).with(awaitHandler())) // false
 */
declare const Await: {
    <A>(action: PromiseLike<A> | ((signal: Signal) => PromiseLike<A> | A)): Program<A, AwaitEffect | Async>;
} & ConstructorOf<AwaitEffect>;

declare const answer: unique symbol;
declare const failure: unique symbol;
/**
 * Something that can be waited for: a {@link Task}, or the `future` of a promise. Whoever waits gets an `A`, or one of the
 * failures `F`.
 */
declare class Waitable<out A = unknown, out F extends Failure = never> {
    /** Exist in types only. */
    readonly [answer]: A;
    readonly [failure]: F;
    /**
     * Its number in its run: tasks are numbered in the order in which they are spawned, promises in the order in which they are
     * made; the same in every replay. The root task is number 0.
     */
    readonly id: number;
    /** Of a task: the number of the task that spawned it. */
    readonly parentId: number | undefined;
    /** For messages. */
    get name(): string;
    /** Where it stands: `pending`, `done`, `failed` or `cancelled`. */
    get status(): 'pending' | 'done' | 'failed' | 'cancelled';
    toString(): string;
    toJSON(): string;
}
/**
 * A task: a program that runs beside others. Made by `Spawn`. It ends with an `A`, or with one of the failures `F`.
 *
 * @example
 * const parent = Do(function* () {
 *   const task: Task<number> = yield* Spawn(pure(42))
 *   return yield* Wait(task)
 * })
 * run(parent().with(scheduled())) // 42
 */
type Task<A = unknown, F extends Failure = never> = Waitable<A, F> & {
    readonly kind: 'Task';
};
/** A waitable, whatever it gives. */
type AnyWaitable = Waitable<unknown, Failure>;
/** A task, whatever it gives. */
type AnyTask = Task<unknown, Failure>;
/** What `CreatePromise` answers: a promise that a task settles with `CompletePromise` or `FailPromise`. */
interface VmPromise<A = unknown> {
    /** What others wait for. */
    readonly future: Waitable<A>;
}

/** The effect type of {@link Cancel}. */
interface CancelEffect extends Effect<'Cancel', [task: AnyTask], void>, HandledBy<'scheduled()'> {
}
/**
 * Asks a task to end: it unwinds at its next suspension, its `finally` blocks run. If it is suspended now, that is when its
 * turn comes; if what it waited for is there already, it gets that first. A task that has ended is left alone.
 *
 * @throws InvalidWaitableError when `task` is not a task.
 * @example
 * const parent = Do(function* () {
 *   const task = yield* Spawn(Sleep(60_000))
 *   yield* Cancel(task)
 *   return 'not waiting'
 * })
 * await runAsync(parent().with(scheduled())) // 'not waiting'
 */
declare const Cancel: ConstructorOf<CancelEffect>;

/** The effect type of {@link CurrentTask}. */
interface CurrentTaskEffect extends Effect<'CurrentTask', [], AnyTask>, HandledBy<'scheduled()'> {
}
/**
 * Answers the handle of the task that performs it: its `id`, its `name`, the `parentId` of the task that spawned it. The root
 * task has a handle too, but nobody can wait for it or cancel it. A child of `All`, `Any` or `traverse` that asks is a task
 * from then on.
 *
 * @example
 * const who = Do(function* who() { return (yield* CurrentTask()).id })
 * run(Spawn(who()).flatMap(task => Wait(task)).with(scheduled())) // 1
 */
declare const CurrentTask: ConstructorOf<CurrentTaskEffect>;

/**
 * The base of every error of doeff-vm.
 *
 * @example
 * const error = run(Try(Ask('port')).with(tryHandler).with(reader({})))
 * !error.ok && error.error instanceof DoeffError && error.error.code // 'ERR_MISSING_ENV_KEY'
 */
declare class DoeffError extends Error {
    /** Stable, for programs; the message is for people. */
    readonly code: string;
    constructor(code: string, message: string, options?: ErrorOptions);
}
/**
 * No handler in scope takes the effect. Thrown into the performer.
 *
 * @example
 * new VM().run(Get('n')) // throws UnhandledEffectError
 */
declare class UnhandledEffectError extends DoeffError {
    /** The effect that found no handler. */
    readonly effect: unknown;
    /** The names of the handlers in scope, innermost first. */
    readonly handlers: readonly string[];
    constructor(message: string, 
    /** The effect that found no handler. */
    effect: unknown, 
    /** The names of the handlers in scope, innermost first. */
    handlers: readonly string[]);
}
/**
 * A continuation was used a second time.
 *
 * @example
 * const Beep = effect('Beep')()
 * const twice = handler('twice').ctl(Beep, function* (k) {
 *   yield* Resume(k)
 *   return Resume(k)
 * })
 * run(Beep().with(twice)) // throws OneShotViolationError
 */
declare class OneShotViolationError extends DoeffError {
    constructor(message: string);
}
/**
 * A continuation of another VM, or of a run that is over.
 *
 * @example
 * const Pause = effect('Pause')()
 * const pausing = handler('pausing').raw(Pause, function* (k) { return { k } })
 * const paused = run(Pause().with(pausing)) as { k: Continuation<void> }
 * run(Resume(paused.k)) // throws ForeignContinuationError
 */
declare class ForeignContinuationError extends DoeffError {
    constructor(message: string);
}
/**
 * `GetContinuation` or `Delegate` outside of a handler's clause.
 *
 * @example
 * run(GetContinuation()) // throws NoHandlerContextError
 */
declare class NoHandlerContextError extends DoeffError {
    constructor(message: string);
}
/**
 * `Resume` or `Transfer` of a continuation that `CreateContinuation` made and nothing has started.
 *
 * @example
 * run(CreateContinuation(pure(1)).flatMap(k => Resume(k))) // throws UnstartedContinuationError
 */
declare class UnstartedContinuationError extends DoeffError {
    constructor(message: string);
}
/**
 * `Ask` of a key that no reader in scope binds. Thrown into the performer.
 *
 * @example
 * run(Ask('port').with(reader({}))) // throws MissingEnvKeyError
 */
declare class MissingEnvKeyError extends DoeffError {
    /** The key asked for. */
    readonly key: unknown;
    constructor(message: string, 
    /** The key asked for. */
    key: unknown);
}
/**
 * An asynchronous effect in a synchronous run. Thrown into the performer.
 *
 * @example
 * new VM().run(AsyncEscape(() => Promise.resolve(1))) // throws AsyncInSyncRunError
 */
declare class AsyncInSyncRunError extends DoeffError {
    constructor(message: string);
}
/**
 * A VM was entered again while it runs.
 *
 * @example
 * const vm = new VM()
 * vm.run(function* () { return vm.run(pure(1)) }) // throws ReentrantRunError
 */
declare class ReentrantRunError extends DoeffError {
    constructor(message: string);
}
/**
 * A call that makes no sense in the VM's present state.
 *
 * @example
 * new VM().stepOnce() // throws OutOfOrderError
 */
declare class OutOfOrderError extends DoeffError {
    constructor(message: string);
}
/**
 * A VM was used after `dispose()`.
 *
 * @example
 * const vm = new VM()
 * vm.dispose()
 * vm.run(pure(1)) // throws VmDisposedError
 */
declare class VmDisposedError extends DoeffError {
    constructor(message?: string);
}
/**
 * A bug in the machine was caught. Only this VM is affected; it cannot be used any more.
 *
 * @example
 * const isFatal = (error: unknown) => error instanceof VmPoisonedError
 * isFatal(new Error('of the program')) // false
 */
declare class VmPoisonedError extends DoeffError {
    constructor(message: string, options?: ErrorOptions);
}
/**
 * The base of errors about a value of the wrong type: a `TypeError` with a code.
 *
 * @example
 * const error = run(Try(pure(1).map(() => Do(5 as never))).with(tryHandler))
 * !error.ok && error.error instanceof DoeffTypeError && error.error.code // 'ERR_INVALID_PROGRAM'
 */
declare class DoeffTypeError extends TypeError {
    /** Stable, for programs; the message is for people. */
    readonly code: string;
    constructor(code: string, message: string);
}
/**
 * Something that is not a program was given where one is needed.
 *
 * @example
 * Do((() => 1) as never) // throws InvalidProgramError
 */
declare class InvalidProgramError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * A program yielded something that cannot be yielded. Thrown at the yield.
 *
 * @example
 * run(function* () { yield 42 }) // throws InvalidYieldError
 */
declare class InvalidYieldError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * A handler was built or used wrongly, or a catch-all answered with something it may not.
 *
 * @example
 * const Port = effect('Port')<[], number>()
 * handler('ports').val(Port, 80).val(Port, 443) // throws InvalidHandlerError
 */
declare class InvalidHandlerError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * Something that is not a continuation of this package was given where one is needed.
 *
 * @example
 * run(Resume(42 as never)) // throws InvalidContinuationError
 */
declare class InvalidContinuationError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * A task that was waited for was cancelled.
 *
 * @example
 * const parent = Do(function* () {
 *   const task = yield* Spawn(pure(1))
 *   yield* Cancel(task)
 *   return yield* Wait(task)
 * })
 * run(parent().with(scheduled())) // throws TaskCancelledError
 */
declare class TaskCancelledError extends DoeffError {
    constructor(message: string);
}
/**
 * No task can ever go on, and nothing outside is pending: thrown into the root task. Or some can never go on, whatever comes
 * from outside: thrown into the oldest one of those that wait for one another. Or nobody holds an external promise any more:
 * thrown where it is waited for.
 *
 * @example
 * const stuck = Do(function* () { return yield* Wait((yield* CreatePromise()).future) })
 * run(stuck().with(scheduled())) // throws DeadlockError
 */
declare class DeadlockError extends DoeffError {
    /** The tasks that are blocked. */
    readonly tasks: readonly BlockedTask[];
    /** The names of tasks that wait for one another in a circle, the first one again at the end. */
    readonly cycle: readonly string[] | undefined;
    constructor(message: string, 
    /** The tasks that are blocked. */
    tasks: readonly BlockedTask[], 
    /** The names of tasks that wait for one another in a circle, the first one again at the end. */
    cycle: readonly string[] | undefined);
}
/** One task of a {@link DeadlockError}. */
interface BlockedTask {
    /** Its number in its run. */
    readonly id: number;
    readonly name: string;
    /** What it waits for, in words. */
    readonly waitsFor: readonly string[];
    /** The program that spawned it. */
    readonly spawnedBy: string | undefined;
}
/**
 * A promise was settled a second time.
 *
 * @example
 * const twice = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* CompletePromise(promise, 1)
 *   yield* FailPromise(promise, new Error('too late'))
 * })
 * run(twice().with(scheduled())) // throws AlreadySettledError
 */
declare class AlreadySettledError extends DoeffError {
    constructor(message: string);
}
/**
 * `Release` of a semaphore whose permits are all in.
 *
 * @example
 * run(CreateSemaphore(1).flatMap(one => Release(one)).with(scheduled())) // throws TooManyPermitsError
 */
declare class TooManyPermitsError extends DoeffError {
    constructor(message: string);
}
/**
 * A scheduler has as many tasks as it may: `scheduled({ maxTasks })`.
 *
 * @example
 * const endless = Do(function* () { for (;;) yield* Spawn(Yield()) })
 * run(endless().with(scheduled({ maxTasks: 10 }))) // throws TooManyTasksError
 */
declare class TooManyTasksError extends DoeffError {
    constructor(message: string);
}
/**
 * A program was given to an application that is closed; or it was under way when the application closed, and was unwound.
 * `cause` is there when the application ended by itself, because of its handlers.
 *
 * @example
 * const app = start()
 * await app.close()
 * await app.run(pure(42)) // throws ApplicationClosedError
 */
declare class ApplicationClosedError extends DoeffError {
    constructor(message: string, options?: ErrorOptions);
}
/**
 * A clause of a handler outside of a task ended without resuming it: the place that it leaves to is not on the task's own
 * chain. Thrown where the task is waited for. Also thrown at a `Resume` that would give the result of a task to such a clause.
 *
 * @example
 * const Fail = effect('Fail')<[message: string], never>()
 * const parent = Do(function* () { return yield* Wait(yield* Spawn(Fail('no'))) })
 * run(parent().with(handler('failing').final(Fail, message => message)).with(scheduled())) // throws EscapedTaskError
 */
declare class EscapedTaskError extends DoeffError {
    /** The name of the effect that the clause took. */
    readonly effect: string | undefined;
    /** The name of its handler. */
    readonly handler: string | undefined;
    /** The task; `undefined` when it is not known. */
    readonly task: unknown;
    /** What the clause has ended with; what it threw is the `cause`. */
    readonly result: unknown;
    constructor(message: string, about: {
        effect?: string;
        handler?: string;
        task: unknown;
        result: unknown;
    }, options?: ErrorOptions);
}
/**
 * A program took longer than it may: see `Timeout`.
 *
 * @example
 * run(Timeout(10, Sleep(20)).with(simulatedClock()).with(scheduled())) // throws TimeoutError
 */
declare class TimeoutError extends DoeffError {
    constructor(message: string);
}
/**
 * Something that cannot be waited for, or that belongs to another VM or to a run that is over.
 *
 * @example
 * Wait(42 as never) // throws InvalidWaitableError
 */
declare class InvalidWaitableError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * An effect, a family of effects or a key was declared wrongly.
 *
 * @example
 * effects('Repo', { find: 42 as never }) // throws InvalidEffectError
 */
declare class InvalidEffectError extends DoeffTypeError {
    constructor(message: string);
}
/**
 * Something that is no failure was given where one is needed, or a failure was made wrongly.
 *
 * @example
 * fail(42 as never) // throws InvalidFailureError
 */
declare class InvalidFailureError extends DoeffTypeError {
    constructor(message: string);
}

/** How much is written: nothing, a line a step, or a line with the whole chain. */
type DebugLevel = 'off' | 'steps' | 'trace';

/** Counts of what a VM holds; all but `effects` are 0 when nothing runs and nothing persists. */
interface Stats {
    readonly segments: number;
    readonly frames: number;
    readonly continuations: number;
    readonly handlers: number;
    readonly scopes: number;
    readonly stores: number;
    readonly values: number;
    /** Tasks that have not ended. */
    readonly tasks: number;
    /** Effects performed since the VM was made. */
    readonly effects: number;
}

/**
 * Told of the error of a task that failed and that nobody waited for, and of the task's name. What it throws is an
 * uncaught exception.
 */
type OnUnobservedFailure = (error: unknown, task: {
    readonly name: string;
}) => void;
/** Told of the tasks that were left when the root program ended. What it throws is an uncaught exception. */
type OnLeftovers = (tasks: readonly AnyTask[]) => void;

/**
 * A promise that is settled from outside of the program: from a callback, a timer, an event. Made by
 * `CreateExternalPromise`. The first settlement counts; later ones, and those after the run is over, are ignored.
 */
declare class ExternalPromise<in out A = unknown> {
    #private;
    /** What tasks wait for. */
    readonly future: Waitable<A>;
    /** A number, unique in this process. */
    get id(): number;
    /** A name for it that is unique everywhere. */
    get uuid(): string;
    /**
     * Settles it with a value. May be called at any time, from anywhere, and handed out as it is. Gives whether this was
     * what settled it.
     */
    get complete(): (value: A) => boolean;
    /**
     * Settles it with an error. May be called at any time, from anywhere, and handed out as it is. Gives whether this was
     * what settled it.
     */
    get fail(): (error: unknown) => boolean;
}

/** The effect type of {@link CreatePromise}. */
interface CreatePromiseEffect extends Effect<'CreatePromise', [], VmPromise>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link CompletePromise}. */
interface CompletePromiseEffect extends Effect<'CompletePromise', [promise: VmPromise, value: unknown], void>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link FailPromise}. */
interface FailPromiseEffect extends Effect<'FailPromise', [promise: VmPromise, error: unknown], void>, HandledBy<'scheduled()'> {
}
/** The effect types of {@link CreatePromise}, {@link CompletePromise} and {@link FailPromise}. */
type PromiseEffect = CreatePromiseEffect | CompletePromiseEffect | FailPromiseEffect;
/** The effect type of {@link CreateExternalPromise}. */
interface ExternalPromiseEffect extends Effect<'CreateExternalPromise', [options?: ExternalPromiseOptions], ExternalPromise<unknown>>, HandledBy<'scheduled()'> {
}
/** How an external promise is to be. */
interface ExternalPromiseOptions {
    /** Whether the process stays alive while a task waits for it; `true` by default. */
    readonly ref?: boolean;
}
/**
 * A promise that a task settles.
 *
 * @example
 * const exchange = Do(function* () {
 *   const promise = yield* CreatePromise<number>()
 *   yield* Spawn(CompletePromise(promise, 42))
 *   return yield* Wait(promise.future)
 * })
 * run(exchange().with(scheduled())) // 42
 */
declare const CreatePromise: {
    <A = unknown>(): Program<VmPromise<A>, PromiseEffect>;
} & ConstructorOf<CreatePromiseEffect>;
/**
 * Settles a promise with a value. Who waits is queued; the caller goes on.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const twice = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* CompletePromise(promise, 1)
 *   yield* CompletePromise(promise, 2)
 * })
 * run(twice().with(scheduled())) // throws AlreadySettledError
 */
declare const CompletePromise: {
    <A>(promise: VmPromise<A>, value: A): Program<void, PromiseEffect>;
} & ConstructorOf<CompletePromiseEffect>;
/**
 * Settles a promise with an error, which is thrown where somebody waits.
 *
 * @throws AlreadySettledError (at the yield) when the promise was settled before.
 * @example
 * const failed = Do(function* () {
 *   const promise = yield* CreatePromise()
 *   yield* FailPromise(promise, new RangeError('no'))
 *   return yield* Wait(promise.future)
 * })
 * run(failed().with(scheduled())) // throws RangeError
 */
declare const FailPromise: {
    (promise: VmPromise, error: unknown): Program<void, PromiseEffect>;
} & ConstructorOf<FailPromiseEffect>;
/**
 * A promise that is settled from outside: hand `complete` and `fail` to a callback. While a task waits for it, the run
 * is not deadlocked and the process stays alive (unless `ref: false`).
 *
 * @example
 * const later = Do(function* () {
 *   const promise = yield* CreateExternalPromise<number>()
 *   setTimeout(() => promise.complete(42), 1)
 *   return yield* Wait(promise.future)
 * })
 * await runAsync(later().with(scheduled())) // 42
 */
declare const CreateExternalPromise: {
    <A = unknown>(options?: ExternalPromiseOptions): Program<ExternalPromise<A>, ExternalPromiseEffect>;
} & ConstructorOf<ExternalPromiseEffect>;

/** Permits to be had one after the other. Made by `CreateSemaphore`. */
declare class Semaphore {
    #private;
    /** How many permits there are. */
    readonly permits: number;
    /** Its number in its run, in the order in which they are made. */
    readonly id: number;
    /** The tasks that hold its permits now, in the order in which they took them; at most 200. */
    get holders(): readonly Task[];
    toString(): string;
    toJSON(): string;
}

/** The effect type of {@link CreateSemaphore}. */
interface CreateSemaphoreEffect extends Effect<'CreateSemaphore', [permits: number], Semaphore>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link Acquire}. */
interface AcquireEffect extends Effect<'Acquire', [semaphore: Semaphore], void>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link Release}. */
interface ReleaseEffect extends Effect<'Release', [semaphore: Semaphore], void>, HandledBy<'scheduled()'> {
}
/** The effect types of {@link CreateSemaphore}, {@link Acquire} and {@link Release}. */
type SemaphoreEffect = CreateSemaphoreEffect | AcquireEffect | ReleaseEffect;
/**
 * A semaphore with `permits` permits, a positive integer.
 *
 * @throws RangeError when `permits` is none.
 * @example
 * const guarded = Do(function* () {
 *   const one = yield* CreateSemaphore(1)
 *   yield* Acquire(one)
 *   try { return 'alone' } finally { yield* Release(one) }
 * })
 * run(guarded().with(scheduled())) // 'alone'
 */
declare const CreateSemaphore: ConstructorOf<CreateSemaphoreEffect>;
/**
 * Takes a permit; waits for one if none is free. Permits are given in the order in which they were asked for. A task that
 * is cancelled gives its permits back.
 *
 * @throws InvalidWaitableError when `semaphore` is something else.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Acquire(one)).map(() => 'mine').with(scheduled())) // 'mine'
 */
declare const Acquire: ConstructorOf<AcquireEffect>;
/**
 * Gives a permit back.
 *
 * @throws TooManyPermitsError (at the yield) when no permit is out.
 * @example
 * run(CreateSemaphore(1).flatMap(one => Release(one)).with(scheduled())) // throws TooManyPermitsError
 */
declare const Release: ConstructorOf<ReleaseEffect>;

/** The effect type of {@link Spawn}. */
interface SpawnEffect extends Effect<'Spawn', [program: Program<unknown, unknown>, options?: SpawnOptions], AnyTask>, HandledBy<'scheduled()'> {
}
/** How a task is to run. */
interface SpawnOptions {
    /** Which ready tasks go first: `high` before `normal` before `idle`; by default as the task that spawns it. */
    readonly priority?: 'idle' | 'normal' | 'high';
    /** For messages; by default the program's own name. */
    readonly name?: string;
    /** Nobody is warned when it is left over at the end of the root program. */
    readonly daemon?: boolean;
    /**
     * `isolated`: the task works on copies of the State, Reader and Writer stores in scope, its log begins empty. `Gather`
     * tells here what it told. Handlers that stand outside of the scheduler go on working on the originals.
     */
    readonly store?: 'shared' | 'isolated';
}
/**
 * Starts a task and answers it at once; the task runs when its turn comes, under the handlers in scope here. `Spawn(f,
 * ...args)` takes a generator function and its arguments. The failures of its program are in the type of the task: they are
 * thrown where it is waited for.
 *
 * @throws InvalidProgramError when `program` is not a program; TooManyTasksError (at the yield) beyond the limit.
 * @example
 * const parent = Do(function* () {
 *   const a = yield* Spawn(pure(1))
 *   const b = yield* Spawn(pure(2), { name: 'b', priority: 'high' })
 *   return yield* Gather(a, b)
 * })
 * run(parent().with(scheduled())) // [1, 2]
 */
declare const Spawn: {
    <A, E>(program: Program<A, E>, options?: SpawnOptions): Program<Task<A, FailuresIn<E>>, SpawnEffect | WithoutFailures<E>>;
    <Args extends unknown[], Yielded, R>(f: (...args: Args) => ProgramGenerator<Yielded, R>, ...args: Args): Program<Task<ResultOf<R>, FailuresIn<GeneratorRow<Yielded, R>>>, SpawnEffect | WithoutFailures<GeneratorRow<Yielded, R>>>;
} & ConstructorOf<SpawnEffect>;

/** The effect type of {@link Sleep}. */
interface SleepEffect extends Effect<'Sleep', [ms: number], void>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link Now}. */
interface NowEffect extends Effect<'Now', [], number>, HandledBy<'scheduled()'> {
}
/**
 * Lets `ms` milliseconds pass. `Sleep(Infinity)` lasts until it is cancelled, and keeps the process alive; under a
 * simulated clock it is a deadlock when nobody else can go on.
 *
 * @throws RangeError when `ms` is negative or not a number.
 * @example
 * await runAsync(Sleep(1).map(() => 'awake').with(scheduled())) // 'awake'
 * run(Sleep(3_600_000).map(() => 'awake').with(simulatedClock()).with(scheduled())) // 'awake'
 */
declare const Sleep: {
    (ms: number): Program<void, SleepEffect | RealTime>;
} & ConstructorOf<SleepEffect>;
/**
 * The time of the clock in scope, in milliseconds since the epoch.
 *
 * @example
 * run(Now().with(simulatedClock()).with(scheduled())) // 0
 */
declare const Now: ConstructorOf<NowEffect>;

/** The effect type of {@link Wait}. */
interface WaitEffect extends Effect<'Wait', [waitable: AnyWaitable], unknown>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link Gather}. */
interface GatherEffect extends Effect<'Gather', [waitables: readonly AnyWaitable[]], unknown[]>, HandledBy<'scheduled()'> {
}
/** The effect type of {@link Race}. */
interface RaceEffect extends Effect<'Race', [waitables: readonly AnyWaitable[]], unknown>, HandledBy<'scheduled()'> {
}
/**
 * Waits for a task or future and answers its result; its error is thrown.
 *
 * @throws TaskCancelledError when the task was cancelled; InvalidWaitableError when `waitable` is something else.
 * @example
 * run(Spawn(pure(42)).flatMap(task => Wait(task)).with(scheduled())) // 42
 */
declare const Wait: {
    <A, F extends Failure = never>(waitable: Waitable<A, F>): Program<A, WaitEffect | Fails<F>>;
} & ConstructorOf<WaitEffect>;
/** What each of several waitables gives. */
type Results<W extends readonly AnyWaitable[]> = {
    -readonly [K in keyof W]: W[K] extends Waitable<infer A, Failure> ? A : never;
};
/** The row of waiting for `W`: its failures are thrown there. */
type FailsOf<W> = W extends Waitable<unknown, infer F> ? Fails<F> : never;
/**
 * Waits for all of them and answers their results in the order of the arguments. The first failure is thrown at once; the
 * others go on. Many of them are given as one array: the engine takes no call with hundreds of thousands of arguments.
 *
 * @throws as {@link Wait}.
 * @example
 * const both = Do(function* () {
 *   return yield* Gather(yield* Spawn(pure('a')), yield* Spawn(pure('b')))
 * })
 * run(both().with(scheduled())) // ['a', 'b']
 */
declare const Gather: {
    <W extends readonly AnyWaitable[]>(...waitables: W): Program<Results<W>, GatherEffect | FailsOf<W[number]>>;
    <const W extends readonly AnyWaitable[]>(waitables: W): Program<Results<W>, GatherEffect | FailsOf<W[number]>>;
} & ConstructorOf<GatherEffect>;
/** What {@link Race} answers: who was first, with what, and the others. */
interface RaceResult<W extends AnyWaitable> {
    readonly first: W;
    readonly value: W extends Waitable<infer A, Failure> ? A : never;
    readonly rest: readonly W[];
}
/**
 * Waits for the first of them to settle. Its error is thrown. The others go on. Many of them are given as one array.
 *
 * @throws as {@link Wait}; InvalidWaitableError when there are none, because nobody could win.
 * @example
 * const first = Do(function* () {
 *   const { value } = yield* Race(yield* Spawn(pure('a')), yield* Spawn(pure('b')))
 *   return value
 * })
 * run(first().with(scheduled())) // 'a'
 */
declare const Race: {
    <W extends readonly [AnyWaitable, ...AnyWaitable[]]>(...waitables: W): Program<RaceResult<W[number]>, RaceEffect | FailsOf<W[number]>>;
    <W extends AnyWaitable>(...waitables: W[]): Program<RaceResult<W>, RaceEffect | FailsOf<W>>;
    <W extends AnyWaitable>(waitables: readonly W[]): Program<RaceResult<W>, RaceEffect | FailsOf<W>>;
} & ConstructorOf<RaceEffect>;

/** The effect type of {@link Yield}. */
interface YieldEffect extends Effect<'Yield', [], void>, HandledBy<'scheduled()'> {
}
/**
 * Lets the tasks that are ready go first.
 *
 * @example
 * run(Yield().map(() => 42).with(scheduled())) // 42
 */
declare const Yield: ConstructorOf<YieldEffect>;

/** What {@link scheduled} handles. */
type SchedulerEffect = SpawnEffect | WaitEffect | GatherEffect | RaceEffect | CancelEffect | YieldEffect | PromiseEffect | ExternalPromiseEffect | SemaphoreEffect | SleepEffect | NowEffect | AwaitEffect | CurrentTaskEffect;

/** A built-in handler bound to one VM. */
declare class Bound<H> extends Handler<H> {
    #private;
}
/** The State handler of a VM. */
declare class BoundState extends Bound<StateEffect> {
    /** The entries of the VM's store as an object; entries whose key is not a string are left out. */
    items(): Record<string, unknown>;
}
/** The Reader handler of a VM. */
declare class BoundReader extends Bound<ReaderEffect> {
    /** The VM's environment. */
    env(): Map<unknown, unknown>;
}
/** The Writer handler of a VM. */
declare class BoundWriter extends Bound<WriterEffect> {
    /** The messages told so far. */
    logs(): unknown[];
}
/** The scheduler of a VM: for one program at a time. */
declare class BoundScheduler extends Handler<SchedulerEffect> {
    #private;
    /** Installs it around every run of the VM. */
    install(): void;
}
/** The built-in handlers of one VM. */
declare class Stdlib {
    /** State over the VM's store. */
    readonly state: BoundState;
    /** Reader over the VM's environment. */
    readonly reader: BoundReader;
    /** Writer over the VM's log. */
    readonly writer: BoundWriter;
    /** Installs State around every run of the VM. */
    installState(): this;
    /** Installs Reader around every run of the VM. */
    installReader(): this;
    /** Installs Writer around every run of the VM. */
    installWriter(): this;
}

/** What the function given to `CancelScope` receives. */
declare class CancelScopeControl {
    #private;
    /** Cancels what is in the scope: it unwinds at its next suspension. Once; after the scope has ended, nothing happens. */
    cancel(): void;
    /** Whether it was cancelled, by `cancel()` or by its deadline. */
    get cancelled(): boolean;
    /** How many milliseconds after its opening the scope is cancelled; `Infinity`, which is the default, for never. */
    get deadline(): number;
    set deadline(ms: number);
}

/** What the structured forms need: a scheduler. */
type StructuredEffect = SpawnEffect | WaitEffect | GatherEffect | RaceEffect | CancelEffect;
type AnyProgram$2 = Program<unknown, unknown>;
/** The results of several programs. */
type AnswersOf<P extends readonly AnyProgram$2[]> = {
    -readonly [K in keyof P]: AnswerOf<P[K]>;
};
/** The results of the programs of a record. */
type AnswersIn<P extends Readonly<Record<string, AnyProgram$2>>> = {
    -readonly [K in keyof P]: AnswerOf<P[K]>;
};
/**
 * Runs the programs side by side and answers their results in order; of a record, a record. Each one starts at once and
 * runs until it suspends, before the next one starts. When one fails, the others are cancelled and unwound, then its error
 * is thrown.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * run(All([pure(1), pure('a')]).with(scheduled())) // [1, 'a']
 * run(All({ n: pure(1), s: pure('a') }).with(scheduled())) // { n: 1, s: 'a' }
 */
declare function All<const P extends readonly AnyProgram$2[]>(programs: P): Program<AnswersOf<P>, RowOf<P[number]> | StructuredEffect>;
declare function All<P extends AnyProgram$2>(programs: Iterable<P>): Program<AnswerOf<P>[], RowOf<P> | StructuredEffect>;
declare function All<const P extends Readonly<Record<string, AnyProgram$2>>>(programs: P): Program<AnswersIn<P>, RowOf<P[keyof P]> | StructuredEffect>;
/**
 * Runs the programs side by side and answers the result of the first one that succeeds; the others are cancelled and
 * unwound. Each one starts at once and runs until it suspends, before the next one starts. The failures of a program are no
 * failures of `Any`: of an AggregateError the type of a program knows nothing.
 *
 * @throws InvalidProgramError when one is not a program; AggregateError (at the yield) when all of them fail, with their
 * errors in order.
 * @example
 * const no = Do(function* () { throw new Error('no') })
 * run(Any([no(), pure(42)]).with(scheduled())) // 42
 */
declare function Any<const P extends readonly AnyProgram$2[]>(programs: P): Program<AnswerOf<P[number]>, WithoutFailures<RowOf<P[number]>> | StructuredEffect>;
declare function Any<P extends AnyProgram$2>(programs: Iterable<P>): Program<AnswerOf<P>, WithoutFailures<RowOf<P>> | StructuredEffect>;
/**
 * Runs `program`, in the same task; takes no longer than `ms` milliseconds of the clock in scope. After that the program is
 * unwound. What has ended when time is up has ended: its result counts.
 *
 * @throws RangeError when `ms` is no number of milliseconds; TimeoutError (at the yield) when time is up.
 * @example
 * const slow = Sleep(60_000).map(() => 'done')
 * run(Timeout(1000, slow).with(simulatedClock()).with(scheduled())) // throws TimeoutError
 */
declare function Timeout<A, E>(ms: number, program: Program<A, E>): Program<A, E | StructuredEffect | SleepEffect | RealTime>;
/**
 * Runs `program`, in the same task; the tasks that were spawned in it, by itself or by tasks of its own, are cancelled and
 * unwound before it ends, however it ends.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const events: string[] = []
 * const background = Do(function* () { try { yield* Sleep(60_000) } finally { events.push('unwound') } })
 * const program = Do(function* () { yield* Spawn(background()); yield* Yield(); return 'done' })
 * run(Scope(program()).with(simulatedClock()).with(scheduled())) // 'done'
 * events // ['unwound']
 */
declare function Scope<A, E>(program: Program<A, E>): Program<A, E | StructuredEffect>;
/**
 * Runs the program that `f` makes of a cancel scope, in the same task. `scope.cancel()`, or its deadline, unwinds the
 * program at its next suspension; the answer is `undefined` then.
 *
 * @throws InvalidProgramError when `f` is not a function.
 * @example
 * const untilCancelled = (scope: CancelScopeControl) => Do(function* () {
 *   scope.cancel()
 *   yield* Yield()
 *   return 'not reached'
 * })()
 * run(CancelScope(untilCancelled).with(scheduled())) // undefined
 */
declare function CancelScope<A, E>(f: (scope: CancelScopeControl) => Program<A, E>): Program<A | undefined, E | StructuredEffect>;
/** Runs a program in a hole of the shield that it was given for. */
type Restore = <A, E>(program: Program<A, E>) => Program<A, E>;
/**
 * Runs `program`, in the same task, without being cancelled: a cancellation, a timeout or an abort that comes meanwhile is
 * seen at the first suspension after it, or inside of `restore(…)`, which the function form is given.
 *
 * @throws InvalidProgramError when it is neither a program nor a function.
 * @example
 * const events: string[] = []
 * const careful = uncancelable(Sleep(20).map(() => events.push('carried through')))
 * run(Timeout(10, careful).with(simulatedClock()).with(scheduled())) // 1
 */
declare function uncancelable<A, E>(program: Program<A, E>): Program<A, E>;
declare function uncancelable<A, E>(f: (restore: Restore) => Program<A, E>): Program<A, E>;

/** How a list is traversed. */
interface TraverseOptions {
    /** How many items at a time; a positive integer. */
    readonly concurrency: number;
}
/**
 * Runs `f` on each item in order and collects the results. With a `concurrency`, up to so many run side by side as tasks;
 * when one fails, the others are cancelled and unwound.
 *
 * @throws InvalidProgramError when the concurrency is not a positive integer.
 * @example
 * run(traverse([1, 2], n => pure(n * 10))) // [10, 20]
 * run(traverse([1, 2, 3], n => Yield().map(() => n * 10), { concurrency: 2 }).with(scheduled())) // [10, 20, 30]
 */
declare function traverse<T, P extends Program<unknown, unknown>>(items: Iterable<T>, f: (item: T, index: number) => P): Program<AnswerOf<P>[], RowOf<P>>;
declare function traverse<T, P extends Program<unknown, unknown>>(items: Iterable<T>, f: (item: T, index: number) => P, options: TraverseOptions): Program<AnswerOf<P>[], RowOf<P> | StructuredEffect>;

type AnyProgram$1 = Program<unknown, unknown>;
/** How each of several programs has ended. */
type SettledOf<P extends readonly AnyProgram$1[]> = {
    -readonly [K in keyof P]: Result<AnswerOf<P[K]>>;
};
/**
 * Runs the programs side by side, as {@link All} does, and answers how each one ended, in order: `Ok(value)` or `Err(error)`. The
 * failure of one ends no other.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * const no = Do(function* () { throw 'no' })
 * run(allSettled([pure(1), no()]).with(scheduled())) // [{ ok: true, value: 1 }, { ok: false, error: 'no' }]
 */
declare function allSettled<const P extends readonly AnyProgram$1[]>(programs: P): Program<SettledOf<P>, WithoutFailures<RowOf<P[number]>> | StructuredEffect>;
declare function allSettled<P extends AnyProgram$1>(programs: Iterable<P>): Program<Result<AnswerOf<P>>[], WithoutFailures<RowOf<P>> | StructuredEffect>;
/**
 * Runs the programs side by side; the first one to end decides: its result is answered, or its error thrown. The others are
 * cancelled and unwound. The first *success* is what {@link Any} answers; tasks that go on are raced by {@link Race}.
 *
 * @throws InvalidProgramError when one is not a program, or there is none.
 * @example
 * const after = (ms: number) => Sleep(ms).map(() => ms)
 * run(raceAll([after(20), after(10)]).with(simulatedClock()).with(scheduled())) // 10
 */
declare function raceAll<const P extends readonly AnyProgram$1[]>(programs: P): Program<AnswerOf<P[number]>, RowOf<P[number]> | StructuredEffect>;
declare function raceAll<P extends AnyProgram$1>(programs: Iterable<P>): Program<AnswerOf<P>, RowOf<P> | StructuredEffect>;

type AnyProgram = Program<unknown, unknown>;
/**
 * Runs the programs one after the other and answers their results in order. Side by side it is {@link All}.
 *
 * @throws InvalidProgramError when one is not a program.
 * @example
 * run(zip(pure(1), pure('a'))) // [1, 'a']
 */
declare function zip<const P extends readonly AnyProgram[]>(...programs: P): Program<AnswersOf<P>, RowOf<P[number]>>;
/**
 * Runs `program`, then the program that `f` makes of its result, and answers the result of the first one.
 *
 * @throws InvalidProgramError when `program` is not a program or `f` not a function.
 * @example
 * run(Listen(tap(pure(42), n => Tell(`found ${n}`))).with(writer())) // [42, ['found 42']]
 */
declare function tap<A, E, Own extends AnyProgram>(program: Program<A, E>, f: (value: A) => Own): Program<A, E | RowOf<Own>>;
/**
 * Runs `program`; if it throws, whatever it throws, runs the program that `f` makes of the error. For failures alone there is
 * {@link catching}.
 *
 * @throws InvalidProgramError when `program` is not a program or `f` not a function.
 * @example
 * const parse = Do(function* (text: string) { return JSON.parse(text) as number })
 * run(orElse(parse('{'), () => pure(0))) // 0
 */
declare function orElse<A, E, Own extends AnyProgram>(program: Program<A, E>, f: (error: unknown) => Own): Program<A | AnswerOf<Own>, WithoutFailures<E> | RowOf<Own>>;
/**
 * Runs `program` again and again, until it throws or is cancelled.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * let left = 3
 * const work = Do(function* () { if (left-- === 0) throw new RangeError('enough') })
 * run(forever(work())) // throws RangeError
 */
declare function forever<E>(program: Program<unknown, E>): Program<never, E>;
/**
 * Runs `program` so many times, one after the other, and answers the results in order.
 *
 * @throws InvalidProgramError when `program` is not a program; RangeError when `times` is no count.
 * @example
 * const next = Modify<number>('n', n => (n ?? 0) + 1)
 * run(repeat(next, 3).with(state({ n: 5 }))) // [5, 6, 7]
 */
declare function repeat<A, E>(program: Program<A, E>, times: number): Program<A[], E>;

/** How a resource is acquired. */
interface BracketOptions {
    /** Whether `acquire` may be cancelled while it waits; what it has answered is released all the same. */
    readonly cancelable?: boolean;
}
/**
 * Acquires a resource, uses it, and releases it however the use ends. `acquire` and `release` are not cancelled: between
 * the end of `acquire` and that of `release` there is no instant at which the resource can be lost. `use` is cancelled as
 * anything else. With `{ cancelable: true }`, `acquire` may be cancelled while it waits.
 *
 * @throws InvalidProgramError when `acquire` is not a program.
 *
 * @example
 * const events: string[] = []
 * const open = Do(function* () { events.push('open'); return 'file' })
 * const close = Do(function* (file: string) { events.push(`close ${file}`) })
 * run(bracket(open(), file => pure(file.length), close)) // 4
 * events // ['open', 'close file']
 */
declare function bracket<R, A, E, U extends Program<unknown, unknown>, F extends Program<unknown, unknown>>(acquire: Program<R, E>, use: (resource: R) => U & Program<A, unknown>, release: (resource: R) => F, options?: BracketOptions): Program<A, E | RowOf<U> | RowOf<F>>;
/**
 * Runs `program` with a permit of the semaphore, which is given back however the program ends. It may be cancelled while
 * it waits for the permit.
 *
 * @throws InvalidProgramError when `program` is not a program.
 * @example
 * const two = Do(function* () {
 *   const one = yield* CreateSemaphore(1)
 *   return yield* All([withPermit(one, pure('a')), withPermit(one, pure('b'))])
 * })
 * run(two().with(scheduled())) // ['a', 'b']
 */
declare function withPermit<A, E>(semaphore: Semaphore, program: Program<A, E>): Program<A, E | SemaphoreEffect>;
/**
 * Runs `program`, then `cleanup`, however the program ends. `cleanup` is not cancelled.
 *
 * @example
 * const events: string[] = []
 * const done = Do(function* () { events.push('done') })
 * run(ensure(pure(42), done())) // 42
 * events // ['done']
 */
declare function ensure<A, E, F>(program: Program<A, E>, cleanup: Program<unknown, F>): Program<A, E | F>;
/** How to retry. */
interface RetryPolicy {
    /** How often the program is run at most; a positive integer. */
    readonly attempts: number;
    /** Milliseconds before the second attempt, 0 by default; or a function of the error and the attempt that has failed, 1 for the first. */
    readonly delay?: number | ((error: unknown, attempt: number) => number);
    /** What a delay that is a number is multiplied with after each attempt; 2 by default. */
    readonly factor?: number;
    /** The longest delay, in milliseconds; none by default. */
    readonly maxDelay?: number;
    /** Which part of each delay is random, from 0 (none, the default) to 1 (all of it). */
    readonly jitter?: number;
    /** Where randomness comes from; `Math.random` by default. */
    readonly random?: () => number;
    /** No attempt begins later than so many milliseconds after the first one began; any may by default. */
    readonly total?: number;
    /** Told of each error that is followed by another attempt, with the attempt that has failed and the pause before the next. */
    readonly onRetry?: (error: unknown, attempt: number, pause: number) => void;
    /** Whether an error is worth another attempt; by default every one is that may go away. */
    readonly when?: (error: unknown, attempt: number) => boolean;
}
/**
 * Runs `program` until it succeeds, at most `attempts` times, with growing delays between the attempts. The last error
 * is thrown. An error that says that the program or the machine is wrong is thrown at once, and `when` is not asked: those
 * of this package, except TimeoutError and TooManyTasksError.
 *
 * @throws RangeError when a number of the policy makes no sense; TypeError when `when` or `random` is not a function.
 * @example
 * let left = 2
 * const flaky = Do(function* () { if (left-- > 0) throw new Error('not yet'); return 'done' })
 * const patient = retry(flaky(), { attempts: 3, delay: 1000 })
 * run(patient.with(simulatedClock()).with(scheduled())) // 'done'
 */
declare function retry<A, E>(program: Program<A, E>, policy: RetryPolicy & {
    readonly total: number;
}): Program<A, E | SleepEffect | NowEffect | RealTime>;
declare function retry<A, E>(program: Program<A, E>, policy: RetryPolicy): Program<A, E | SleepEffect | RealTime>;

/** What may be started: a program, a generator, a generator function; a function that makes a program is told to be none. */
type Runnable = Program<unknown, unknown> | ProgramGenerator<unknown, unknown> | (() => ProgramGenerator<unknown, unknown> | Program<unknown, unknown>);
/** The result of what is started. */
type ResultOfRun<P> = P extends Program<infer A, unknown> ? (0 extends 1 & P ? P : A) : ResultOf<Parts<P>[1]>;
/** The row of what is started. */
type RowOfRun<P> = P extends Program<unknown, infer E> ? E : GeneratorRow<Parts<P>[0], Parts<P>[1]>;
/** What a generator yields and what it returns. */
type Parts<P> = P extends Generator<infer Yielded, infer R, unknown> | (() => Generator<infer Yielded, infer R, unknown>) ? [Yielded, R] : [never, never];
/**
 * What a door takes: the program itself when nothing but `Allowed` is left in its row, otherwise a text that says what to
 * do. It is conditional in `P`, so that an error shows nothing but that text; and asks for `Runnable` first, because the
 * compiler finds there what a `yield` of a generator function answers.
 */
type Checked<P, Allowed = never> = P extends Runnable ? 0 extends 1 & P ? P : P extends () => Program<unknown, unknown> ? 'This function makes a program: call it, as in run(program())' : P extends () => Generator<unknown, unknown, infer Next> ? [unknown] extends [Next] ? Complete<P, Allowed> : PlainYield : Complete<P, Allowed> : never;
/** The program itself when its row is empty, otherwise what is left to do. */
type Complete<P, Allowed> = Handled<Exclude<RowOfRun<P>, Allowed>> extends infer Text extends string ? Text : P;
type PlainYield = 'A plain yield answers unknown: write yield* to get the answer of a program with its type';

/** How the main program is run. */
interface MainOptions {
    /** Where the report of an error goes; stderr by default. */
    readonly report?: (text: string) => void;
    /** Ends the process; `process.exit` by default. */
    readonly exit?: (code: number) => void;
    /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
    readonly onUnobservedFailure?: OnUnobservedFailure;
    /** A signal that makes the process write all its runs and tasks to stderr, and go on; `SIGUSR2` is free for that. */
    readonly dumpOn?: NodeJS.Signals;
}
/**
 * Runs the main program of a command. When it returns a number, that is the exit code; when it returns anything else,
 * `process.exitCode` stays what it is: 0, unless somebody has set it. Exit code 1 when it throws, or returns a number that
 * is no exit code (an integer from 0 to 255), with the error and its effect trace on stderr. SIGINT and SIGTERM cancel and
 * unwind it, and the exit code says which (130, 143); a second signal ends the process at once.
 *
 * @throws InvalidProgramError when `program` is not a program; TypeError when an option is not a function.
 * @example
 * const main = Do(function* () { return 0 })
 * const codes: number[] = []
 * await runMain(main(), { exit: code => codes.push(code) })
 * codes // [0]
 */
declare function runMain<P extends Runnable>(program: Checked<P, Async | RealTime>, options?: MainOptions): Promise<ResultOfRun<P> | undefined>;

/**
 * A handler that calls `see` on every effect that reaches it, and lets the search go on outside. It changes nothing: the
 * program behaves as without it, unless `see` throws.
 *
 * @throws InvalidHandlerError when `see` is not a function.
 * @example
 * const seen: string[] = []
 * const watching = observe(effect => seen.push(String(effect)))
 * run(Get('n').with(watching).with(state({ n: 42 }))) // 42
 * seen // ["Get('n')"]
 */
declare function observe(see: (effect: unknown) => void): Handler;

/** One task, as `vm.snapshot()` shows it. */
interface TaskSnapshot {
    /** Its number in its run; 0 for the root task. */
    readonly id: number;
    /** The number of the task that spawned it. */
    readonly parentId: number | undefined;
    /** Its name; `root` for the program of the run. */
    readonly name: string;
    readonly state: 'running' | 'ready' | 'waiting';
    /** What it waits for, in words. */
    readonly waitsFor: readonly string[];
    readonly priority: 'idle' | 'normal' | 'high';
    readonly daemon: boolean;
    /** Somebody has cancelled it. */
    readonly cancelled: boolean;
    /** The program that spawned it, with its place when sites are captured. */
    readonly spawnedBy: string | undefined;
}

/** How a scheduler is to work. */
interface SchedulerOptions {
    /** `Spawn` is refused while so many tasks are alive, children of forms included; 1,000,000 by default. */
    readonly maxTasks?: number;
    /** A task is switched after this many effects, even if it does not wait; by default it is not. */
    readonly preemptEvery?: number;
}
/**
 * The scheduler: answers `Spawn`, `Wait` and the others for the handled program, which is the root task. Tasks run one at
 * a time and switch only where they wait or yield; the same program runs in the same order every time. When the root
 * program ends, tasks that are left are cancelled and unwound.
 *
 * @throws InvalidHandlerError when an option is not a positive integer.
 * @example
 * const greet = Do(function* (name: string) { yield* Tell(name); return name.length })
 * const all = Do(function* () {
 *   const tasks = [yield* Spawn(greet('Ada')), yield* Spawn(greet('Grace'))] as const
 *   return yield* Gather(...tasks)
 * })
 * run(all().with(writer()).with(scheduled())) // [3, 5]
 */
declare function scheduled(options?: SchedulerOptions): Handler<SchedulerEffect>;
/**
 * Simulated time for `Sleep` and `Now`, and so for `Timeout` and `retry`: when no task is ready, the clock jumps to the
 * next timer. Deterministic; ten hours take no time. It starts at `start` milliseconds, 0 by default, in each run. Install
 * it inside of `scheduled()`.
 *
 * @throws RangeError when `start` is not a finite number.
 * @example
 * const slow = Do(function* () { yield* Sleep(36_000_000); return yield* Now() })
 * run(slow().with(simulatedClock()).with(scheduled())) // 36000000
 */
declare function simulatedClock(options?: {
    readonly start?: number;
}): Handler<SleepEffect | NowEffect | RealTime, ExternalPromiseEffect | PromiseEffect | WaitEffect>;
/**
 * Handles `Await` without a scheduler: the whole program waits.
 *
 * @example
 * await runAsync(Await(Promise.resolve(42)).with(awaitHandler())) // 42
 */
declare function awaitHandler(): Handler<AwaitEffect, Async>;

/** How a run is to be carried out. */
interface RunOptions {
    /** What the run is called in events, dumps and reports; by default nothing. */
    readonly name?: string;
    /** Told of each task that failed and that nobody has waited for by the end; a process warning by default. */
    readonly onUnobservedFailure?: OnUnobservedFailure;
    /** Told of the tasks that the root program has left behind, which were cancelled; a process warning by default. */
    readonly onLeftovers?: OnLeftovers;
}
/** How an asynchronous run is to be carried out. */
interface AsyncOptions extends RunOptions {
    /**
     * Aborting it ends the run: everything is unwound, and waited for where cleanup waits; then `runAsync` rejects with the
     * signal's reason.
     */
    readonly signal?: Signal;
    /**
     * The event loop gets its turn at least this often, in milliseconds, while the run computes or is woken by what needs no
     * turn of it, such as resolved promises; 5 by default.
     */
    readonly yieldEveryMs?: number;
}

/**
 * Runs a program and gives its result. The program's own error is thrown as it is. May be called from anywhere, from
 * inside a handler too.
 *
 * Its cost is that of starting one generator; the machines behind it are reused.
 *
 * @throws InvalidProgramError when `program` is not a program; TypeError when an option is of no use.
 * @example
 * run(pure(42)) // 42
 */
declare function run<P extends Runnable>(program: Checked<P>, options?: RunOptions): ResultOfRun<P>;
/**
 * Runs a program that may wait for the outside and gives a promise of its result. While the program computes, the
 * event loop gets its turn every few milliseconds.
 *
 * Rejects with the program's own error; with the signal's reason when it was aborted. A run that cannot begin, because an
 * option is wrong or the stack is full, rejects before anything has happened.
 *
 * @throws InvalidProgramError when `program` is not a program; TypeError, RangeError when an option is of no use.
 * @example
 * const later = AsyncEscape(() => Promise.resolve(42))
 * await runAsync(later) // 42
 */
declare function runAsync<P extends Runnable>(program: Checked<P, Async | RealTime>, options?: AsyncOptions): Promise<ResultOfRun<P>>;

/** How one program is run in an application. */
interface RequestOptions {
    /** Aborting it ends the program: it is unwound, then its promise rejects with the signal's reason. */
    readonly signal?: AbortSignal;
    /** For messages and snapshots; by default the program's own name. */
    readonly name?: string;
}
declare const takes: unique symbol;
/**
 * A running application, made by {@link start}: its handlers are installed once, and every program that it is given runs
 * under them, in a task of its own. `H` is what they handle.
 *
 * @example
 * const app: Application<StateEffect> = start(state({ n: 41 }))
 * await app.run(Modify<number>('n', n => (n ?? 0) + 1)) // 41
 * await app.run(Get('n')) // 42
 * await app.close()
 */
declare class Application<in H = never> {
    #private;
    /** Exists in types only. */
    readonly [takes]: (effects: H) => void;
    /**
     * Runs a program in a task of its own and gives a promise of its result. May be called at any time, from any callback, from
     * inside of a program too. What the program spawns may go on after it, until the application closes.
     *
     * Rejects with the program's own error, which concerns nobody else; with the signal's reason when it was aborted; with
     * ApplicationClosedError when the application is closed or closes meanwhile.
     *
     * @throws InvalidProgramError, TypeError, as a rejection, when `program` or an option is something else.
     */
    run<Yielded, R, Taken extends H = H>(program: (() => ProgramGenerator<Yielded, R>) & HandledAsync<Exclude<GeneratorRow<Yielded, R>, Taken>>, options?: RequestOptions): Promise<ResultOf<R>>;
    run<A, E, Taken extends H = H>(program: Program<A, E> & HandledAsync<Exclude<E, Taken>>, options?: RequestOptions): Promise<A>;
    /**
     * Closes it: programs under way are unwound and their promises reject with ApplicationClosedError, then the handlers are
     * left. Settles when all of that is over; again and again, if it is called again. Rejects when a handler fails to end.
     */
    close(): Promise<void>;
    /** Every task of it that has not ended, in the order of spawning; the root task attends to requests. */
    snapshot(): TaskSnapshot[];
    /** What its machine holds now, for tests and leak hunts. */
    stats(): Stats;
}

/** How an application runs. */
type StartOptions = Pick<AsyncOptions, 'name' | 'yieldEveryMs' | 'onUnobservedFailure'>;
/**
 * Starts an application: installs the handlers once, in a machine of its own, and gives an object that runs programs under
 * them, from any callback. So all programs share what the handlers hold: stores, semaphores, connections, the scheduler.
 * Several handlers are given as one: `compose(outer, inner)`. Outside of them a scheduler is installed, unless there is one
 * among them.
 *
 * A handler that ends programs or changes their results (`final` and return clauses, `catching`) would do so for the
 * application as a whole, so it is refused: give it to each program, `app.run(program.with(handler))`.
 *
 * The process stays alive while a program waits for the outside, not while the application is idle.
 *
 * @throws InvalidHandlerError when `handlers` is no handler, or one that ends programs; TypeError, RangeError when an option
 * is of no use.
 * @example
 * const app = start(compose(state({ visits: 0 }), reader({ greeting: 'Hello' })))
 * const greet = Do(function* (name: string) {
 *   const visits = yield* Modify<number>('visits', n => (n ?? 0) + 1)
 *   return `${yield* Ask<string>('greeting')}, ${name}, ${visits} before you`
 * })
 * await Promise.all([app.run(greet('Ada')), app.run(greet('Bob'))]) // ['Hello, Ada, 0 before you', 'Hello, Bob, 1 before you']
 * await app.close()
 */
declare function start(): Application<SchedulerEffect>;
declare function start<H, P>(handlers: Handler<H, P, never, Identity, void> & HandledAsync<Exclude<P, SchedulerEffect>>, options?: StartOptions): Application<H | SchedulerEffect>;

/** What {@link VM.stepOnce} answers. */
type StepResult = {
    readonly tag: 'done';
    readonly value: unknown;
} | {
    readonly tag: 'continue';
} | {
    readonly tag: 'callAsync';
    readonly func: (...args: unknown[]) => unknown;
    readonly args: readonly unknown[];
};
/** Which built-in handlers {@link VM.runScoped} installs. */
interface ScopedHandlers {
    readonly state?: boolean;
    readonly reader?: boolean;
    readonly writer?: boolean;
    readonly scheduler?: boolean;
}
/**
 * A virtual machine of one's own: its State, environment and log persist across runs. Independent of every other VM.
 *
 * @example
 * const vm = new VM()
 * vm.stdlib().installState()
 * vm.run(Do(function* () { yield* Put('n', 1) })())
 * vm.stateItems() // { n: 1 }
 */
declare class VM {
    #private;
    /**
     * Runs a program and gives its result; the program's own error is thrown as it is. Programs are not checked for
     * unhandled effects at compile time here, because handlers may be installed on the VM.
     *
     * @throws ReentrantRunError when this VM is running already; VmDisposedError after `dispose()`.
     */
    run<R>(program: (() => ProgramGenerator<unknown, R>) | ProgramGenerator<unknown, R>): ResultOf<R>;
    run<A>(program: Program<A, unknown>): A;
    /**
     * Runs a program that may wait for the outside. Rejects with the program's own error.
     *
     * @throws as {@link VM.run}, as a rejection.
     */
    runAsync<R>(program: () => ProgramGenerator<unknown, R>, options?: AsyncOptions): Promise<ResultOf<R>>;
    runAsync<A>(program: Program<A, unknown>, options?: AsyncOptions): Promise<A>;
    /** Runs a program under the named built-in handlers over this VM's stores, installed for this run only. */
    runScoped<A>(program: Program<A, unknown>, scope: ScopedHandlers): A;
    /**
     * Begins a run that {@link VM.stepOnce} carries out step by step.
     *
     * @throws ReentrantRunError when a run is under way.
     */
    startProgram(program: unknown): void;
    /**
     * Carries out one step of the program that was started. When it answers `callAsync`, await `func(...args)` and feed
     * the outcome back; when it answers `continue`, call it again. The program's own error is thrown.
     *
     * @throws OutOfOrderError when no program was started, or an awaited outcome was not fed.
     */
    stepOnce(): StepResult;
    /** Gives the program the value it waits for. @throws OutOfOrderError when it waits for none. */
    feedAsyncResult(value: unknown): void;
    /** Throws the error where the program waits. @throws OutOfOrderError when it does not wait. */
    feedAsyncError(error: unknown): void;
    /** The built-in handlers over this VM's own stores. */
    stdlib(): Stdlib;
    /**
     * The VM's own scheduler, for `WithHandler`, `.with` or `.install()`. It runs one program at a time.
     *
     * @example
     * const vm = new VM()
     * vm.scheduler().install()
     * vm.run(Spawn(pure(42)).flatMap(task => Wait(task))) // 42
     */
    scheduler(): BoundScheduler;
    /** Every task that has not ended, in the order of spawning. */
    snapshot(): TaskSnapshot[];
    /** The entries of the VM's State whose key is a string. */
    stateItems(): Record<string, unknown>;
    /** All entries of the VM's State. */
    stateEntries(): Map<unknown, unknown>;
    /** The messages in the VM's log. */
    logs(): unknown[];
    /** Replaces the environment that the VM's Reader answers from. */
    setEnv(bindings: Bindings): void;
    /** A store of values for the host's own use; programs do not see it. */
    jsStore(): Map<unknown, unknown>;
    /** Sets a value in the host's own store. */
    setStore(key: unknown, value: unknown): void;
    /** A value of the host's own store. */
    getStore(key: unknown): unknown;
    /**
     * Writes a line to stderr for each step: `steps` names the program, what it yields, and the handler that takes it;
     * `trace` adds the chain of programs and handlers around it; `off` ends it. A VM with a log asks the machine at every
     * step, so it is slower; its programs give the same.
     *
     * @example
     * // On stderr: [doeff] 1 greet yields Ask('name') to reader (deliver, segments 2, frames 1)
     * const vm = new VM()
     * vm.stdlib().installReader()
     * vm.setEnv({ name: 'World' })
     * vm.enableDebug('steps')
     * vm.run(Do(function* greet() { return yield* Ask('name') })()) // 'World'
     */
    enableDebug(level: DebugLevel): void;
    /** What the VM holds now, for tests and leak hunts. */
    stats(): Stats;
    /**
     * Frees the VM and everything in its stores. A program that waits is unwound, and its `runAsync` rejects with
     * VmDisposedError; cleanup that waits is thrown an error where it does, and cleanup that loops is given up after some
     * hundred thousand steps. Later calls throw; disposing twice does nothing.
     *
     * @throws ReentrantRunError when the VM is running; of a program that was started with `startProgram`, the error of its
     * cleanup, or VmDisposedError when that was given up.
     */
    dispose(): void;
    [Symbol.dispose](): void;
}

/** What a program may run on: the native addon, or the WebAssembly module. */
type Backend = 'native' | 'wasm';
/**
 * What runs the programs here: the native addon, or the WebAssembly module that takes its place where no addon loads.
 * The environment variable `DOEFF_BACKEND` forces one of them.
 *
 * @example
 * backend === 'native' || backend === 'wasm' // true
 */
declare const backend: Backend;

/**
 * The version of the native addon, or of the WebAssembly module in its place. It is the version of the package: another one
 * is refused.
 *
 * @example
 * /^\d+\.\d+\.\d+/.test(version()) // true
 */
declare function version(): string;

export { Acquire, All, AlreadySettledError, Any, Application, ApplicationClosedError, Ask, AsyncEscape, AsyncInSyncRunError, Await, Cancel, CancelScope, CompletePromise, CreateContinuation, CreateExternalPromise, CreatePromise, CreateSemaphore, CurrentTask, DeadlockError, Delegate, Discontinue, Do, DoeffError, DoeffTypeError, Err, EscapedTaskError, FailPromise, Failure, ForeignContinuationError, Gather, Get, GetContinuation, GetHandlers, GetTraceback, Handler, InvalidContinuationError, InvalidEffectError, InvalidFailureError, InvalidHandlerError, InvalidProgramError, InvalidWaitableError, InvalidYieldError, Listen, Local, MissingEnvKeyError, Modify, NoHandlerContextError, Now, Ok, OneShotViolationError, OutOfOrderError, Program, Pure, Put, Race, ReentrantRunError, Release, Resume, ResumeContinuation, ResumeThrow, Scope, Sleep, Spawn, Tail, TaskCancelledError, Tell, Timeout, TimeoutError, TooManyPermitsError, TooManyTasksError, Transfer, TransferThrow, Try, UnhandledEffectError, UnstartedContinuationError, VM, VmDisposedError, VmPoisonedError, Wait, WithHandler, Yield, allSettled, attempt, awaitHandler, backend, bracket, catching, catchingAll, compose, effect, effectName, effectTrace, effects, ensure, fail, forever, formatTrace, handler, observe, op, orElse, pure, raceAll, raw, reader, repeat, retry, run, runAsync, runMain, scheduled, scopedEffect, simulatedClock, start, state, tap, traverse, tryHandler, uncancelable, version, withPermit, writer, zip };
export type { AcquireEffect, AnswerOf, Answered, AnswersIn, AnswersOf, AnyEffect, AnyHandler, AnyScoped, AnyTask, AnyWaitable, AskEffect, Async, AsyncOptions, AwaitEffect, Backend, Bindings, BlockedTask, BoundReader, BoundScheduler, BoundState, BoundWriter, BracketOptions, CancelEffect, CancelScopeControl, CatchAll, Caught, ClassClauses, ClauseRow, CompletePromiseEffect, Composition, ConstructorOf, Continuation, Control, CreatePromiseEffect, CreateSemaphoreEffect, CurrentTaskEffect, DebugLevel, Delegated, Effect, EffectConstructor, EffectKey, EffectMaker, EffectOf, EffectOptions, EffectsOf, ExternalPromise, ExternalPromiseEffect, ExternalPromiseOptions, FailPromiseEffect, Fails, FailsOf, FailsWith, FailureArguments, FailureClass, FailureMaker, FailureOptions, FailuresIn, Family, FamilyClauses, FamilyResults, FunResult, FunRow, GatherEffect, GeneratorRow, GetEffect, Handled, HandledAsync, HandledBy, Identity, ListenEffect, LocalEffect, MainOptions, ModifyEffect, NamesOf, NowEffect, OnLeftovers, OnUnobservedFailure, Operation, Paired, PayloadIn, PayloadOf, ProgramGenerator, ProgramLike, PromiseEffect, PutEffect, RaceEffect, RaceResult, RawCatchAll, ReaderEffect, RealTime, ReleaseEffect, RequestOptions, Rest, Restore, Result, ResultMap, ResultOf, ResultOfBody, ResultUnder, Results, RetryPolicy, ReturnedRow, RowMap, RowOf, RowOfBody, RunOptions, SchedulerEffect, SchedulerOptions, ScopedClause, ScopedConstructor, ScopedEffect, ScopedHandlers, ScopedResult, Semaphore, SemaphoreEffect, SettledOf, Signal, SleepEffect, SpawnEffect, SpawnOptions, StartOptions, StateEffect, Stats, Stdlib, StepResult, StructuredEffect, Task, TaskSnapshot, TellEffect, Then, ThenInRow, TraceLink, TraverseOptions, TryEffect, VmPromise, WaitEffect, Waitable, WithoutFailures, WriterEffect, YieldEffect };
