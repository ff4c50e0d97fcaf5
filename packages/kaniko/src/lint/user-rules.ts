import { isFeatureOn } from '../features/has-feature.ts';
import { flagValue } from '../dockerfile/instruction.ts';
import { featureHint } from './feature-hint.ts';
import { type Finding, isForkSince, isGoogleBefore, type LintedInstruction } from './rule.ts';

const groupFeature = 'FF_KANIKO_RUN_HONOR_GROUP';
const rootFeature = 'FF_KANIKO_COPY_AS_ROOT';

/** What goes wrong with the user that a step runs as, or that gets its files. */
export function lintUser(instruction: LintedInstruction): Finding[] {
  const { keyword, state } = instruction;
  const user = state.user ?? '';
  if (user === '' || /^(?:0|root)(?::(?:0|root)?)?$/.test(user)) return [];
  if (keyword === 'RUN') return lintGroup(user, instruction);
  return keyword === 'COPY' || keyword === 'ADD' ? lintOwner(user, instruction) : [];
}

/** A user whose main group has the same name or number as the one that is asked for is right either way. */
function lintGroup(user: string, instruction: LintedInstruction): Finding[] {
  const { executor, label, features } = instruction;
  const [name, group = ''] = user.split(':');
  const isHonored = isGoogleBefore(executor, '0.20.0') || isFeatureOn(executor, groupFeature, features);
  if (group === '' || group === name || isHonored) return [];
  return [
    {
      code: 'run-group-ignored',
      message: `${label} ignores the group of USER ${user}: the command runs with the main group of ${name}.`,
      hint: featureHint(instruction, groupFeature, 'make the group the main one of the user.'),
      isFatal: false,
    },
  ];
}

/** docker gives what comes from the context to root; the fork gives it to the user of the stage. */
function lintOwner(user: string, instruction: LintedInstruction): Finding[] {
  const { keyword, flags, rest, executor, label, features } = instruction;
  const isSaid = flagValue(flags, 'chown') !== undefined || flagValue(flags, 'from') !== undefined;
  if (isSaid || !isForkSince(executor, '1.25.0')) return [];
  if (keyword === 'ADD' && isArchive(rest)) return [];
  const isDownload = keyword === 'ADD' && /(?:^|\s|")https?:\/\//.test(rest);
  if (!isDownload && isFeatureOn(executor, rootFeature, features)) return [];
  return [
    {
      code: keyword === 'COPY' ? 'copy-owned-by-user' : 'add-owned-by-user',
      message: `${label} gives the files of this ${keyword} to ${user}, and not to root as docker does.`,
      hint: isDownload
        ? 'Write --chown=0:0 for files of root.'
        : featureHint(
            instruction,
            rootFeature,
            `write --chown=0:0 for files of root, --chown=${user} for these.`,
          ),
      isFatal: false,
    },
  ];
}

/** What is unpacked keeps the owners that the archive has. */
function isArchive(rest: string): boolean {
  return /^\S+\.(?:tar|tgz|tar\.gz|tar\.bz2|tbz2?)\s+\S+$/.test(rest) && !/^https?:/.test(rest);
}
