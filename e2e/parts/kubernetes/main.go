// A whole Kubernetes in one program: each part runs under its own name, as the program's name or as its first argument.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

var parts = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
}

func main() {
	name, arguments := filepath.Base(os.Args[0]), os.Args[1:]
	if _, isPart := parts[name]; !isPart && name != "etcd" && len(arguments) > 0 {
		name, arguments = arguments[0], arguments[1:]
	}
	os.Args = append([]string{name}, arguments...)
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	newCommand, isPart := parts[name]
	if !isPart {
		fmt.Fprintf(os.Stderr, "%s is no part: etcd, kube-apiserver, kube-controller-manager, kube-proxy, kube-scheduler or kubelet\n", name)
		os.Exit(2)
	}
	command := newCommand()
	command.SetArgs(arguments)
	os.Exit(cli.Run(command))
}
