/** Messages of all releases (0.9.0 … fork 1.28.3) that are only recognised; `*` stands for any text, case does not matter. */
export const messageTemplates: string = `
--preserve-context without --pre-cleanup restores the original context between stages; this is deprecated and will be removed. Use --mount=type=secret for secrets. Set FF_KANIKO_DEPRECATE_INTER_STAGE_RESTORE=1 to opt into the new behaviour now.
access time for * is zero, converting to zero for epoch
Added * from local tar archive *
Adding * to layer, because it was changed.
Adding /var/run to default ignore list
Adding /var/run to initialIgnoreList
Adding /var/run to initialWhitelist
adding digest * from previous stage to composite key for *
Adding exposed port: *
Adding file * to tar
Adding ignore list entry * from line: *
Adding remote URL * to *
Adding to layer: *
Adding volume * to ignorelist
adding volume * to whitelist
Adding whiteout for *
all credential helpers disabled
Analyzing path *
Appending * from line: *
Appending to multi args *
Applying cached layer for cmd * after an earlier miss in the same stage (FF_KANIKO_CACHE_PROBE_AFTER_MISS)
Applying label *=*
Assertion disabled [
Assertion violated [
base * for file * does not exist. Creating.
baseDir * for file * does not exist. Creating.
Benchmark file written at *
Build context located at *
build: cache key for command * *
build: composite key for command * *
Build: skipping snapshot for [*]
Cache entry expired: *
cache-violation: ADD can't be cached - consider using COPY instead.
cache-violation: WORKDIR implicitly created a folder that can't be cached - consider creating it explicitly with RUN instead. https://github.com/GoogleContainerTools/kaniko/issues/3340
Cached image is too old: *
Changed working directory to *
Copied tarball * from GCS bucket * to *
Copying file * to *
could not lookup user *. Setting group empty
could not parse duration *
Could not read link for *
couldn't determine location of kaniko exe
couldn't eval * with link *
Created directory *
Creating dir *
Creating file *
Creating hardlink * -> *
Current image filesystem: *
Deleting *
destination cannot be a symlink *
Detecting filesystem ignore list
Environment * not set. Using default snapshot timeout *
error cleaning kaniko dir: *
error creating *, *
Error detecting container runtime. Using default keychain: *
Error matching, including * in build: *
Error parsing manifest from file: *
Error setting up k8schain. Using default keychain *
Error while retrieving image from cache: *
Error while trying to warm image: * *
Error while writing * to cache: *
Extracted files: *
extractedFiles: *
Extracting layer *
Failed to load system cert pool. Loading empty one instead.
Failed to retrieve image * from registry mirror *: *. Will try with the next mirror, or fallback to the default registry.
Failed to retrieve image * from remapped registry *: *. Will try with the next registry, or fallback to the original registry.
Failed to retrieve layer: *
Failed to retrieve pointer: *
failed to set registry map *
failed to set registry mirror *
Fetching uid and gid for USER *
file at * already exists, resetting file ownership to root
Files changed *
files extracted by caching copy command *
files extracted from caching run command *
Flag --customPlatform is deprecated. Use: --custom-platform
Flag --force-build-metadata is deprecated. This is the new default behaviour
Flag --skip-unused-stages is deprecated. This is the new default behaviour. If you want to build multiple independent stages pass them as --target instead
Flag --snapshotMode is deprecated. Use: --snapshot-mode
Flag --tarPath is deprecated. Use: --tar-path
Found * in local cache
Found extra base image stage *
Found manifest at *
found uid * and gid * for chown string *
Getting files and contents at root *
Getting source context from *
Getting source from reference *
Hash components for file: *, mode: *, mtime: *, size: *, user-id: *, group-id: *
Ignore list: *
ignoring --compression=zstd, the Docker schema2 output format has no zstd layer media type, use --image-format=oci for zstd layers
Ignoring socket *, not adding to tar
Image * became available in cache while waiting for lock; keeping existing copy
Image * found in cache but was expired
Image * not found in cache
Image already in cache: *
Initializing ignore list
Invalid platform *: *
invalid value * for KANIKO_NO_PUSH environment variable
Kaniko does not support '--mount=type=*' flags in RUN statements - relying on unsupported flags can lead to invalid builds
Kaniko does not support cross-stage bind mounts (from=*) - skipping
Kaniko is being run outside of a container. This can have dangerous effects on your system
Key missing was: *
Layer already exists in image, using existing layer: *
leader * tail *
link from * to *
make sure you entered the correct tag name, that you are authenticated correctly, and try again.
Manifest does not exist at file: *
Mapping digest * to cachekey *
Mapping stage idx * to cachekey *
Mapping stage idx * to digest *
mod time for * is zero, converting to zero for epoch
Mounted directories: *
No file found for cache key * *
No files to copy
no stages to build
Not adding * because it is ignored
Not adding * because it is whitelisted
Not adding * to layer, as it's ignored
Not adding * to layer, as it's whitelisted
Not copying ownership for *, as it's ignored
Not deleting *, as it contains a ignored path
Not deleting *, as it contains a whitelisted path
Not deleting *, as it's ignored
Not deleting *, as it's whitelisted
not including whiteout files
not preserving base layers: base image has * layers, incompatible with a reproducible dockerv2 image
Not removing *, as it contains an ignored path
note that your DOCKER_AUTH_CONFIG env variable can shadow credentials from configfile
Only file modification time will be considered when snapshotting
Optimize: cache key for command * *
optimize: composite key for command * *
Path * ignored, but not exists
Path * is ignored, ignoring it
path * is in list to ignore, ignoring it
path * is whitelisted, ignoring it
Path * whitelisted, but not exists
predefined build args: *
pushImage is nil
Reached end of file *
Read the following line from *: *
refusing to remove *
registry connections: sockets opened=* closed=* open=* peak=*, requests=* reused=*, tls handshakes=* in *, dialing *, idle before reuse *
registry-map remaps * to *.
removing file because it needs to be a directory *
Replacing environment variable * with * in config
Replacing StopSignal in config with *
Resolved * to *
Resolving * paths
Resolving paths
Resolving paths *
Resolving srcs *...
see https://github.com/osscontainertools/kaniko/issues/280#issuecomment-3498449955
Setting environment variable *
shared-base: failed to reload stored *, using registry image: *
shared-base: failed to store *, using registry image: *
shared-base: loading * from local store
shared-base: stored *
skip mounting * as it is not available
Skip resolving path *
Skip running docker-credential-gcr as user provided docker configuration exists at *
Skipping *: parent path cannot be securely resolved (symlink loop)
Skipping copy for ignored path: *
Skipping link from * to * because * is ignored
Skipping paths under *, as it is a ignored directory
Skipping paths under *, as it is a whitelisted directory
Skipping paths under *, as it is an ignored directory
skipping symlink from * to * because * is ignored
skipping symlink from * to * because * is whitelisted
stages must be processed in order. base stage * not yet in stageArgs
Symlink from * to *
Symlink path *, target does not exist
Taking snapshot of files *
timed out snapshotting FS in *
tracing disabled: failed to create OTLP exporter: *
tracing: Dockerfile not readable, kaniko.dockerfile.content omitted: *
tracing: partial resource, continuing: *
tracing: shutdown flush failed: *
Trying to extract to *
Unable to create benchmarking file *: *
unable to get absolute path for *
unable to get relative path, including * in build: *
Unable to setup transport for registry *: *
Unable to upload * due to *
Unable to write benchmark file: *
Unable to write to benchmarking file *: *
Unknown cred-source *, skipping.
unknown feature flags set but not recognised by this version of kaniko: *
Unpacking local tar archive * to *
Unpacking source context tar...
unreachable - we should always have a final stage
Unreachable Code
Unreachable Code:
Unreachable Code: files and stageFinalCacheKeys are mutually exclusive
Unreachable Code: invariant violation ok=* lintOptionStr=*
Unreachable Code: pointer inferred content key * does not match the computed content key *
Unreachable Code: we should always have a final stage
Unreachable Code: We should no longer snapshot '/' as it will be ignored by docker anyways
Unreachable: rawCompositeKey hash * does not match ck *
unsupported compression algorithm: *
Updated link * to *
Updating destination path from * to * due to symlink
updating env: *=*
Uploading to gcs
Using dockerignore file: *
Using files from context: *
using new RunMarker command
Whiting out *
Writes to the kaniko directory are blocked to prevent overwriting the executor.
Wrote * to cache
`;
