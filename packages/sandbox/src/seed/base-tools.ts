/** Programs of the base image; those that this machine has are taken. */
export const baseTools: readonly string[] = `
  sh [ awk base64 basename cat chgrp chmod chown cmp cp cut date dd df diff dirname du echo env expr false find grep gzip
  head hostname id install kill link ln ls md5sum mkdir mkfifo mktemp mv nproc od printenv printf pwd readlink realpath
  rm rmdir sed seq sha256sum sha512sum sleep sort split stat stty sync tail tar tee test timeout touch tr true truncate
  tty uname uniq unlink wc whoami xargs yes
`
  .trim()
  .split(/\s+/);
