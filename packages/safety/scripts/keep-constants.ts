import { parse } from 'acorn';
import { walk } from 'estree-walker';

/** A node of ESTree as acorn gives it: with its place in the code. */
type Placed<T> = T & { readonly start: number; readonly end: number };
type Program = Extract<Parameters<typeof walk>[0], { type: 'Program' }>;
type Pattern = Extract<Program['body'][number], { type: 'VariableDeclaration' }>['declarations'][number]['id'];

/**
 * Writes top-level variables of a module that are never assigned again as constants. A bundler makes variables of constants, and
 * an engine must read a variable and look at what it is each time, where it compiles a constant into the code.
 * @returns the same program; it throws where `code` is no module
 */
export function keepConstants(code: string): string {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' }) as unknown as Program;
  const assigned = assignedNames(program);
  let out = '';
  let last = 0;
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration' || statement.kind !== 'var') continue;
    const { start, end } = statement as Placed<typeof statement>;
    const declarations = statement.declarations.map((one) => {
      const { start, end } = one as Placed<typeof one>;
      const constant = one.init && one.id.type === 'Identifier' && !assigned.has(one.id.name);
      return `${constant ? 'const' : 'var'} ${code.slice(start, end)};`;
    });
    out += code.slice(last, start) + declarations.join('\n');
    last = end;
  }
  return out + code.slice(last);
}

/** Every name that is assigned anywhere: a local one hides a constant of that name, which then stays a variable. */
function assignedNames(program: Program): Set<string> {
  const names = new Set<string>();
  const add = (target: Pattern): void => {
    walk(target, {
      enter(node) {
        // What a member belongs to is not assigned itself.
        if (node.type === 'MemberExpression') this.skip();
        else if (node.type === 'Identifier') names.add(node.name);
      },
    });
  };
  walk(program, {
    enter(node) {
      if (node.type === 'AssignmentExpression') add(node.left);
      else if (node.type === 'UpdateExpression') add(node.argument as Pattern);
      else if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
        if (node.left.type !== 'VariableDeclaration') add(node.left);
      }
    },
  });
  return names;
}
