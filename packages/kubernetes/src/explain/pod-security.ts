/** What each check of Pod Security is about. Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
const violations: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/allowPrivilegeEscalation != false/, 'programs that gain rights'],
  [/unrestricted capabilities/, 'capabilities (the executor changes owners of files)'],
  [/non-default capabilities/, 'more capabilities than usual'],
  [/runAsNonRoot != true/, 'pods that may run as root'],
  [/runAsUser=0/, 'root'],
  [/seccompProfile/, 'pods without a seccomp profile'],
  [/host namespaces/, 'namespaces of the host'],
  [/hostPath volumes/, 'folders of the host'],
  [/hostPort/, 'ports of the host'],
  [/hostProcess/, 'processes of the host'],
  [/restricted volume types/, 'volumes of such kinds'],
  [/seLinuxOptions/, 'other SELinux options'],
  [/forbidden sysctls/, 'kernel settings'],
  [/procMount/, 'an unmasked /proc'],
  [/forbidden AppArmor profiles?/, 'other AppArmor profiles'],
  [/probe or lifecycle host/, 'probes of other hosts'],
  [/(?:^|, )privileged\b/, 'privileged containers'],
];

/** `no root, no folders of the host`: what the level forbids and the pod has. */
export function describeViolations(detail: string): string {
  // Details are in parentheses and name the same words: only what stands before them counts.
  const reasons = detail.replaceAll(/\((?:[^()]|\([^()]*\))*\)/g, '');
  const found = violations.flatMap(([pattern, words]) => (pattern.test(reasons) ? [`no ${words}`] : []));
  return found.length === 0 ? reasons.trim() : found.join(', ');
}
