/**
 * A thin writer of ONNX graphs. Equal nodes are emitted once. It knows names and protobuf, not our ops.
 * Format: https://github.com/onnx/onnx/blob/main/docs/IR.md, external data: docs/ExternalData.md there.
 */

import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import type { ByteRange } from '../../tensor/op.ts';
import {
  type AttributeProto,
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.ts';

export const onnxType = {
  f32: DataType.FLOAT,
  f16: DataType.FLOAT16,
  bf16: DataType.BFLOAT16,
  i32: DataType.INT32,
  i64: DataType.INT64,
  u32: DataType.UINT32,
  i8: DataType.INT8,
  u8: DataType.UINT8,
  u4: DataType.UINT4,
  bool: DataType.BOOL,
} as const;
export type OnnxType = keyof typeof onnxType;

/** Whole numbers are written as INT; floats go in as `{ float: x }`. */
export type Attribute = number | string | { readonly float: number } | readonly number[];

export interface ScanInput {
  readonly value: string;
  readonly type: OnnxType;
  readonly shape: readonly (number | string)[];
}

/** How many matrices, two layers' worth, are packed before the first of them is packed again. More would be mapped at a time. */
const PACKED_AGAIN = 26;

const IR_VERSION = 10n;
const ONNX_OPSET = 21n;

const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

function attributeProto(name: string, value: Attribute): AttributeProto {
  const base = create(AttributeProtoSchema, { name });
  if (typeof value === 'number') return Object.assign(base, { type: AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string') {
    return Object.assign(base, { type: AttributeType.STRING, s: new TextEncoder().encode(value) });
  }
  if ('float' in value) return Object.assign(base, { type: AttributeType.FLOAT, f: value.float });
  return Object.assign(base, { type: AttributeType.INTS, ints: value.map(BigInt) });
}

/** The values of either branch of a condition, as many in one as in the other. */
interface Branches {
  readonly yes: (body: OnnxGraph) => readonly string[];
  readonly no: (body: OnnxGraph) => readonly string[];
}

/** In these nodes and in the bodies of their loops. */
function renameValues(nodes: readonly NodeProto[], names: ReadonlyMap<string, string>): void {
  const renamed = (values: readonly string[]) => values.map((value) => names.get(value) ?? value);
  for (const node of nodes) {
    node.input = renamed(node.input);
    node.output = renamed(node.output);
    for (const { g } of node.attribute) if (g) renameValues(g.node, names);
  }
}

export class OnnxGraph {
  /** The graph in whose body this one stands; its values can be used here. */
  readonly #outer: OnnxGraph | undefined;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #described = new Map<string, ValueInfoProto>();
  readonly #emitted = new Map<string, string>();
  #next = 0;

  constructor(outer?: OnnxGraph) {
    this.#outer = outer;
  }

  #newName(letter: string): string {
    return this.#outer ? this.#outer.#newName(letter) : `${letter}${this.#next++}`;
  }

  /** Adds a node, or returns the output of an equal one. Names starting with "com.microsoft." pick that domain. */
  emit(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.emitAll(opType, inputs, attributes, 1)[0]!;
  }

  /** The same for a node with several outputs. */
  emitAll(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    count: number,
  ): readonly string[] {
    const key = `${opType}(${inputs.join(',')})${JSON.stringify(attributes)}`;
    const known = this.#emitted.get(key);
    if (known !== undefined) return known.split(' ');
    const outputs = Array.from({ length: count }, () => this.#newName('v'));
    this.#addNode(opType, inputs, attributes, outputs);
    this.#emitted.set(key, outputs.join(' '));
    return outputs;
  }

  /** Adds a node even where an equal one exists: its result is cheaper to compute again than to keep. */
  emitAnew(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    const output = this.#newName('v');
    this.#addNode(opType, inputs, attributes, [output]);
    return output;
  }

  /** A node over constants: in the body of a loop it is put outside, so that it is computed once. */
  emitOnce(opType: string, inputs: readonly string[]): string {
    return this.#outer ? this.#outer.emitOnce(opType, inputs) : this.emit(opType, inputs);
  }

  #addNode(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): void {
    const split = opType.lastIndexOf('.');
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: `${opType.slice(split + 1)}_${outputs[0]}`,
        opType: opType.slice(split + 1),
        domain: opType.slice(0, Math.max(split, 0)),
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      }),
    );
  }

  /**
   * Runs a body once for each slice along the first axis of the inputs; each of its outputs is stacked again.
   * @param key    what tells this loop from others over the same inputs
   * @param build  takes the slices, returns the outputs with their types
   */
  scan(
    key: string,
    inputs: readonly ScanInput[],
    build: (
      body: OnnxGraph,
      slices: readonly string[],
    ) => readonly { readonly value: string; readonly type: OnnxType }[],
  ): readonly string[] {
    const name = `Scan ${key}(${inputs.map(({ value }) => value)})`;
    const known = this.#emitted.get(name);
    if (known !== undefined) return known.split(' ');
    const body = new OnnxGraph(this);
    const slices = inputs.map(({ type, shape }) => body.input(this.#newName('s'), type, shape.slice(1)));
    for (const { value, type } of build(body, slices)) body.output(this.#newName('s'), value, type, null);
    const outputs = body.#outputs.map(() => this.#newName('v'));
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: `Scan_${outputs[0]}`,
        opType: 'Scan',
        input: inputs.map(({ value }) => value),
        output: [...outputs],
        attribute: [
          attributeProto('num_scan_inputs', inputs.length),
          create(AttributeProtoSchema, { name: 'body', type: AttributeType.GRAPH, g: body.#graphProto('body') }),
        ],
      }),
    );
    this.#emitted.set(name, outputs.join(' '));
    return outputs;
  }

  /**
   * One of two values, of which only that one is computed.
   * @param condition  a bool
   * @param build      both ways, each in a body of its own, which may use what stands outside
   */
  either(
    condition: string,
    type: OnnxType,
    build: { readonly yes: (body: OnnxGraph) => string; readonly no: (body: OnnxGraph) => string },
  ): string {
    const { yes, no } = build;
    return this.#branches(condition, [type], { yes: (body) => [yes(body)], no: (body) => [no(body)] })[0]!;
  }

  /**
   * The same for several values at a time.
   * @param key  what tells these values from others under the same condition: equal ones are made once
   */
  eitherAll(key: string, condition: string, types: readonly OnnxType[], build: Branches): readonly string[] {
    const name = `If ${key}(${condition})`;
    const known = this.#emitted.get(name);
    if (known !== undefined) return known.split(' ');
    const outputs = this.#branches(condition, types, build);
    this.#emitted.set(name, outputs.join(' '));
    return outputs;
  }

  #branches(condition: string, types: readonly OnnxType[], build: Branches): readonly string[] {
    const branch = (name: 'then_branch' | 'else_branch', make: (body: OnnxGraph) => readonly string[]) => {
      const body = new OnnxGraph(this);
      for (const [i, value] of make(body).entries()) body.output(this.#newName('s'), value, types[i]!, null);
      body.#nameOutputs();
      return create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: body.#graphProto(name) });
    };
    const attribute = [branch('then_branch', build.yes), branch('else_branch', build.no)];
    const output = types.map(() => this.#newName('v'));
    this.#nodes.push(
      create(NodeProtoSchema, { name: `If_${output[0]}`, opType: 'If', input: [condition], output, attribute }),
    );
    return output;
  }

  #initializer(key: string, make: (name: string) => TensorProto): string {
    if (this.#outer) return this.#outer.#initializer(key, make);
    const known = this.#emitted.get(key);
    if (known !== undefined) return known;
    const name = this.#newName('c');
    this.#initializers.push(make(name));
    this.#emitted.set(key, name);
    return name;
  }

  #small(type: OnnxType, dims: readonly number[], data: ArrayBufferView): string {
    const rawData = bytesOf(data);
    const key = `const ${type}[${dims}] ${Buffer.from(rawData).toString('base64')}`;
    return this.#initializer(key, (name) =>
      create(TensorProtoSchema, { name, dataType: onnxType[type], dims: dims.map(BigInt), rawData }),
    );
  }

  float(value: number): string {
    return this.#small('f32', [], Float32Array.of(value));
  }
  /** A vector of int64, the type ONNX takes for shapes and axes. */
  ints(values: readonly number[]): string {
    return this.#small('i64', [values.length], BigInt64Array.from(values, BigInt));
  }
  int(value: number): string {
    return this.#small('i64', [], BigInt64Array.of(BigInt(value)));
  }
  uint32(value: number): string {
    return this.#small('u32', [], Uint32Array.of(value));
  }

  floats(dims: readonly number[], values: Float32Array): string {
    return this.#small('f32', dims, values);
  }
  uint8(value: number): string {
    return this.#small('u8', [], Uint8Array.of(value));
  }
  /** A matrix of one 4-bit number. */
  uint4(dims: readonly [number, number], value: number): string {
    const bytes = new Uint8Array(Math.ceil((dims[0] * dims[1]) / 2)).fill(value * 17);
    return this.#small('u4', dims, bytes);
  }

  /**
   * A weight that stays in its file. ONNX Runtime wants the path relative to a folder: we give it the file system's root.
   * @param view  what tells this value from another one over the same bytes. A packed matrix gives its bytes back only
   *              where nothing else reads the same value; pages of a second one come into memory as they are touched.
   */
  external({ file, byteOffset, byteLength }: ByteRange, type: OnnxType, shape: readonly number[], view = ''): string {
    const root = path.parse(file).root;
    const entries = {
      location: path.relative(root, file).split(path.sep).join('/'),
      offset: String(byteOffset),
      length: String(byteLength),
    };
    return this.#initializer(`external ${file} ${byteOffset} ${type} ${shape} ${view}`, (name) =>
      create(TensorProtoSchema, {
        name,
        dataType: onnxType[type],
        dims: shape.map(BigInt),
        dataLocation: DataLocation.EXTERNAL,
        externalData: Object.entries(entries).map(([key, value]) =>
          create(StringStringEntryProtoSchema, { key, value }),
        ),
      }),
    );
  }

  /** @param shape  `null` where it is left to ONNX Runtime to find out */
  #valueInfo(name: string, type: OnnxType, shape: readonly (number | string)[] | null): ValueInfoProto {
    const dim = shape?.map((d) =>
      create(TensorShapeProto_DimensionSchema, {
        value: typeof d === 'number' ? { case: 'dimValue', value: BigInt(d) } : { case: 'dimParam', value: d },
      }),
    );
    const tensor = create(TypeProto_TensorSchema, {
      elemType: onnxType[type],
      ...(dim && { shape: create(TensorShapeProtoSchema, { dim }) }),
    });
    return create(ValueInfoProtoSchema, {
      name,
      type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
    });
  }

  input(name: string, type: OnnxType, shape: readonly (number | string)[]): string {
    this.#inputs.push(this.#valueInfo(name, type, shape));
    return name;
  }

  output(name: string, value: string, type: OnnxType, shape: readonly (number | string)[] | null): void {
    this.#nodes.push(create(NodeProtoSchema, { name, opType: 'Identity', input: [value], output: [name] }));
    this.#outputs.push(this.#valueInfo(name, type, shape));
  }

  /**
   * Tells ONNX Runtime the shape of a value, where it cannot find out by itself: values of one shape share buffers, and an op
   * that may write into its input does. Without shapes it also compares each value with all earlier ones at loading.
   */
  describe(value: string, type: OnnxType, shape: readonly (number | string)[]): void {
    if (!this.#described.has(value)) this.#described.set(value, this.#valueInfo(value, type, shape));
  }

  #graphProto(name: string): GraphProto {
    const made = new Set(this.#nodes.flatMap(({ output }) => output));
    const outputs = new Set(this.#outputs.map((output) => output.name));
    return create(GraphProtoSchema, {
      name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
      valueInfo: [...this.#described.values()].filter((info) => made.has(info.name) && !outputs.has(info.name)),
    });
  }

  /** Outputs under their own names where they are made, so that no node copies them. */
  #nameOutputs(): void {
    const made = new Set(this.#nodes.flatMap(({ opType, output }) => (opType === 'Identity' ? [] : output)));
    const names = new Map<string, string>();
    const isCopy = ({ opType, input: [value], output: [name] }: NodeProto): boolean => {
      if (opType !== 'Identity' || !made.has(value!) || names.has(value!)) return false;
      names.set(value!, name!);
      return true;
    };
    const kept = this.#nodes.filter((node) => !isCopy(node));
    this.#nodes.splice(0, this.#nodes.length, ...kept);
    renameValues(this.#nodes, names);
  }

  /**
   * Puts products with a matrix that an earlier one has packed behind a group of others. ONNX Runtime packs a matrix anew for each
   * node that reads it, in the order of their list, and frees what it has already: where packing and freeing take turns, the
   * holes that stay in the C library's heap are a fifth of 22 layers. It runs nodes in an order of its own, so none needs to
   * stand behind what it reads.
   */
  #groupPacking(): void {
    const matrices = new Set(this.#initializers.flatMap(({ name, dims }) => (dims.length === 2 ? [name] : [])));
    const packed = new Set<string>();
    const again: NodeProto[] = [];
    const list: NodeProto[] = [];
    for (const node of this.#nodes) {
      const matrix =
        node.opType === 'MatMulIntegerToFloat' && matrices.has(node.input[1]!) ? node.input[1]! : undefined;
      if (matrix !== undefined && packed.has(matrix)) again.push(node);
      else list.push(node);
      if (matrix !== undefined) packed.add(matrix);
      if (again.length === PACKED_AGAIN) list.push(...again.splice(0));
    }
    this.#nodes.splice(0, this.#nodes.length, ...list, ...again);
  }

  toBytes(): Uint8Array {
    this.#nameOutputs();
    this.#groupPacking();
    const graph = this.#graphProto('alpacare');
    const opset = (domain: string, version: bigint) => create(OperatorSetIdProtoSchema, { domain, version });
    return toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, {
        irVersion: IR_VERSION,
        producerName: 'alpacare',
        opsetImport: [opset('', ONNX_OPSET), opset('com.microsoft', 1n)],
        graph,
      }),
    );
  }
}
