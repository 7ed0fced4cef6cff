/** Text form of a graph, one node a line, for tests and error messages. */
import { type Graph, isKind, type Node } from './graph.ts';
import { formatShape } from './shape.ts';

export function printNode(node: Node): string {
  const attributes = isKind(node, 'weight')
    ? `${node.attributes.ref.name} ${node.attributes.ref.dtype}`
    : Object.entries(node.attributes)
        .filter(([key]) => key !== 'dtype' && key !== 'shape')
        .map(([key, value]) => `${key}=${Array.isArray(value) ? `[${value}]` : value}`)
        .join(' ');
  const inputs = node.inputs.map((n) => `%${n.id}`).join(', ');
  return `%${node.id} = ${node.kind}(${inputs})${attributes && ` {${attributes}}`} : ${node.dtype}${formatShape(node.shape)}`;
}

/** A graph as text, one node a line, for tests and messages. */
export function printGraph(graph: Graph): string {
  const outputs = [...graph.outputs].map(([name, node]) => `${name} = %${node.id}`);
  return [...graph.nodes.map(printNode), ...outputs].join('\n');
}
