/**
 * Every member of an exported class or interface says what it is: typedoc's own check can ask that of all members or of none,
 * those inside an inferred type included, which nobody can write at. Lists what says nothing, and exits with 1.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Application, ReflectionKind } from 'typedoc';
import { root } from './workspace.mjs';

/** Kinds that are read one by one. Of the constructor's own text its class is enough. */
const MEMBERS = ReflectionKind.Property | ReflectionKind.Method | ReflectionKind.Accessor | ReflectionKind.EnumMember;
const OWNERS = ReflectionKind.Class | ReflectionKind.Interface | ReflectionKind.Enum;

// Links to sources are not what is checked: a copy without a git remote must pass too.
const settings = JSON.parse(readFileSync(path.join(root, 'typedoc.json'), 'utf8'));
const noLinks = { disableGit: true, sourceLinkTemplate: '{path}', gitRevision: 'HEAD' };
const app = await Application.bootstrapWithPlugins({
  options: path.join(root, 'typedoc.json'),
  ...noLinks,
  packageOptions: { ...settings.packageOptions, ...noLinks },
});
const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);

/** @param {import('typedoc').DeclarationReflection} member */
const says = (member) =>
  member.hasComment() ||
  [...(member.signatures ?? []), member.getSignature, member.setSignature].some((one) => one?.hasComment());

/** A member that another type is the home of says it there. @param {import('typedoc').DeclarationReflection} member */
const isOwn = (member) => !member.inheritedFrom && !member.implementationOf;

const places = new Set();
for (const owner of /** @type {import('typedoc').DeclarationReflection[]} */ (project.getReflectionsByKind(OWNERS))) {
  for (const member of owner.children ?? []) {
    if (!member.kindOf(MEMBERS) || !isOwn(member) || says(member)) continue;
    const { fullFileName = '?', line = 0 } = member.sources?.[0] ?? {};
    if (!fullFileName.includes('node_modules'))
      places.add(`${path.relative(root, fullFileName)}:${line}: ${owner.name}.${member.name}`);
  }
}
for (const place of [...places].sort()) console.log(place);
console.log(`${places.size} members of exported types without a word`);
process.exit(places.size === 0 && app.logger.errorCount === 0 && app.logger.warningCount === 0 ? 0 : 1);
