import { type Feature, features, type RoleOptions } from '@kanikit/kubernetes';
import { checkInput, choice, fields, list, maybe, type Schema, schemaOf, text } from '@kanikit/spec/schema';

const roleOptionsSchema: Schema<RoleOptions> = schemaOf<RoleOptions>()(
  fields({
    namespace: text,
    subject: maybe(fields({ kind: choice('ServiceAccount', 'User', 'Group'), name: text })),
    without: maybe(list(choice<readonly Feature[]>(...features))),
  }),
);

/** @throws KanikitError `options-invalid` */
export function checkRoleOptions(options: unknown): RoleOptions {
  const about = { code: 'options-invalid', what: 'the options of minimalRole()' } as const;
  return checkInput(roleOptionsSchema, options, about);
}
