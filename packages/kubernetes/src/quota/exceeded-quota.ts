/**
 * How a quota refuses: its name, and what of its amounts is asked for, used and there in all (`pods=1,requests.cpu=2`). No amount has a colon, which
 * keeps the search short where a text only looks like it.
 *
 * Source: https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
export const exceededQuota: RegExp =
  /exceeded quota: ([\w.-]+), requested: ([^:\n]+), used: ([^:\n]+), limited: ([^:\n]+)(?:$|\n)/;
