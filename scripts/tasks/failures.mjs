/** More than these are no summary any longer; the reports have all. */
const longestList = 20;
const longestLine = 300;

/**
 * What failed, a line for each test or suite: `unit  path/x.test.ts > name: first line of the message`. `gates` are those that failed, each with the
 * JSON report of its tests where it has one; paths are told from `root` on.
 */
export function failureLines(gates, root) {
  const all = gates.flatMap(({ name: gate, report, exitCode }) => {
    if (report === undefined) return [];
    const failures = report.testResults.flatMap((file) =>
      failuresOf(file).map(({ test, message }) => {
        const place = [fromRoot(file.name, root), ...test].join(' > ');
        return cut(`${gate}  ${place}: ${firstLine(message)}`);
      }),
    );
    return failures.length > 0
      ? failures
      : [`${gate}  no test of its report failed; what it printed above says why it ended with ${exitCode}`];
  });
  const hidden = all.length - longestList;
  return hidden > 0 ? [...all.slice(0, longestList), `… and ${hidden} more`] : all;
}

/** A hook that fails leaves no failed test: that of a file has its message, that of a `describe` just tests that did not run. */
function failuresOf({ status, message, assertionResults }) {
  if (status !== 'failed') return [];
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length > 0) {
    return failed.map(({ fullName, failureMessages }) => ({ test: [fullName], message: failureMessages[0] }));
  }
  if (message !== '') return [{ test: [], message }];
  const suites = new Set(assertionResults.map(({ ancestorTitles }) => ancestorTitles.join(' ')));
  return [{ test: [...suites], message: 'a hook of the suite failed; its message is in the output above' }];
}

function firstLine(message = '') {
  const text = message.replaceAll(/\u001b\[[\d;]*m/g, '').trim();
  return text === '' ? 'no message' : text.split('\n', 1)[0];
}

function fromRoot(path, root) {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function cut(line) {
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
}
