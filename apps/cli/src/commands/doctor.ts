import { safeJson } from '@kanikit/toolkit/text';
import {
  createKanikit,
  diagnose,
  type DoctorReport,
  type Feature,
  type KanikitOptions,
  minimalRole,
} from '@kanikit/sdk';
import { isKanikitError } from '@kanikit/spec';
import { emptyBuildFlags } from '../build/empty-build-flags.ts';
import type { BuildFlags } from '../build/build-flags.ts';
import { buildRequests } from '../build/build-requests.ts';
import { kanikitOptions } from '../build/kanikit-options.ts';
import { doctorCommand } from '../command-line/doctor-command.ts';
import { flagsOf, type FlagValues, type ParsedValues } from '../command-line/flag.ts';
import { nearestName } from '@kanikit/toolkit/text';
import { quoted } from '../command-line/quoted.ts';
import { usageError } from '../command-line/usage-error.ts';
import { reportLines } from '../doctor/report-lines.ts';
import { terminalWidth } from '../displays/choose-mode.ts';
import { exitCodes, type Io } from '../io.ts';
import { inFlags } from '../text/in-flags.ts';
import { textFor } from '../text/locale.ts';
import { chooseColors } from '../text/colors.ts';
import { withSignals } from '../with-signals.ts';

type DoctorFlags = FlagValues<(typeof doctorCommand)['flags']>;

/** `kanikit doctor`: 0 where builds can run, 3 where they can not. */
export async function runDoctorCommand(values: ParsedValues, io: Io): Promise<number> {
  const flags = flagsOf(doctorCommand, values);
  checkTogether(flags);
  if (flags['print-role'] === true) return printRole(flags, io);
  const build: BuildFlags = { ...emptyBuildFlags(), ...flags };
  const { name: _name, context: _context, ...settings } = settingsOf(build);
  const look = async (signal: AbortSignal): Promise<number> => {
    const { options, problem } = await reachable(build, io);
    // Nothing is said of another cluster in place of a sandbox that does not run.
    const all =
      problem === undefined
        ? inFlags(await diagnose(options, { settings, isDeep: flags.deep === true, signal }))
        : { canBuild: false, findings: [problem] };
    if (flags.json === true) {
      io.stdout.write(`${safeJson({ schema: 'kanikit.doctor/1', ...all }, 2)}\n`);
    } else {
      io.stdout.write(
        textFor(io.env)(
          `${reportLines(all, chooseColors(io.stdout, io.env), terminalWidth(io.stdout)).join('\n')}\n`,
        ),
      );
    }
    return all.canBuild ? exitCodes.done : exitCodes.refused;
  };
  return await withSignals(look, () => exitCodes.interrupted);
}

function settingsOf(build: BuildFlags): ReturnType<typeof buildRequests>[number] {
  const flags = { ...build, push: build.tag.length > 0 };
  const [request] = buildRequests({ args: ['doctor'], passedThrough: [], flags });
  if (request === undefined) throw new Error('one context makes one request');
  return request;
}

/** A sandbox that does not run is a finding like any other. */
async function reachable(
  build: BuildFlags,
  io: Io,
): Promise<
  | { readonly options: KanikitOptions; readonly problem?: undefined }
  | { readonly options?: undefined; readonly problem: DoctorReport['findings'][number] }
> {
  try {
    return { options: await kanikitOptions(build, io) };
  } catch (error) {
    if (!isKanikitError(error) || error.code !== 'sandbox-not-running') throw error;
    const { code, message, hint } = error;
    return { problem: { check: 'server', title: 'Sandbox', status: 'problem', code, message, hint } };
  }
}

async function printRole(flags: DoctorFlags, io: Io): Promise<number> {
  const { user, group, without } = flags;
  const account = flags['service-account'] ?? 'kanikit';
  const subject =
    user === undefined
      ? group === undefined
        ? ({ kind: 'ServiceAccount', name: account } as const)
        : ({ kind: 'Group', name: group } as const)
      : ({ kind: 'User', name: user } as const);
  const namespace = flags.namespace ?? (await namespaceOfContext(flags, io));
  const { yaml, manifests } = await minimalRole({ namespace, subject, without: without.flatMap(featuresOf) });
  io.stdout.write(flags.json === true ? `${safeJson(manifests, 2)}\n` : yaml);
  return exitCodes.done;
}

/** The namespace of the kubeconfig or pod, if there is one; --print-role works without. */
async function namespaceOfContext(flags: DoctorFlags, io: Io): Promise<string> {
  try {
    const { kubeconfig, 'kube-context': context, 'in-cluster': isInCluster } = flags;
    const cluster = { kubeconfig, context, isInCluster };
    await using kanikit = await createKanikit({ env: io.env, cluster, credentials: false });
    return kanikit.cluster.namespace;
  } catch (error) {
    if (isKanikitError(error) && error.code === 'kubeconfig-missing') return 'default';
    throw error;
  }
}

const optionalFeatures: readonly Feature[] = [
  'stdin',
  'launch-ahead',
  'quota',
  'explain',
  'come-back',
  'cancel',
  'heartbeat',
  'job',
  'prune',
  'doctor',
];

function featuresOf(list: string): readonly Feature[] {
  return list.split(',').map((name) => {
    const feature = optionalFeatures.find((candidate) => candidate === name);
    if (feature !== undefined) return feature;
    const meant = nearestName(name, optionalFeatures);
    throw usageError(
      `--without takes ${optionalFeatures.join(', ')}; got ${quoted(name)}.`,
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    );
  });
}

function checkTogether(flags: DoctorFlags): void {
  if (flags['print-role'] === true) {
    const subjects = [flags.user, flags.group, flags['service-account']].filter((name) => name !== undefined);
    if (subjects.length > 1)
      throw usageError('--user, --group and --service-account: the Role is for one of them.');
    return;
  }
  const of = flags.user !== undefined ? '--user' : flags.group !== undefined ? '--group' : undefined;
  const given = of ?? (flags.without.length > 0 ? '--without' : undefined);
  if (given !== undefined) throw usageError(`${given} belongs to --print-role.`);
}
