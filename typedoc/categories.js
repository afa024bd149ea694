/**
 * Sorts the API into the categories of README's table, by the folder in which a thing is declared:
 * folders are the architecture, so nobody needs to say it again in a comment.
 */
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';
import categories from './categories.json' with { type: 'json' };

/** @param {import('typedoc').Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.parent?.kindOf(ReflectionKind.Project)) return;
    const [declaration] = context.getSymbolFromReflection(reflection)?.declarations ?? [];
    const file = declaration?.getSourceFile().fileName ?? '';
    const folder = file.match(/^.*\/(lib\/[^/]+)/)?.[1] ?? '';
    const category = categories[folder];
    if (category === undefined) throw new Error(`${reflection.name}: no category for "${folder}"`);
    const tag = new CommentTag('@category', [{ kind: 'text', text: category }]);
    for (const each of reflection.signatures ?? [reflection]) {
      each.comment ??= new Comment();
      each.comment.blockTags.push(tag);
    }
  });
};
