package main

import (
	"bytes"
	"context"
	"net/http"
	"os"

	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// What a program built with client-go sends, and where to, with these kubeconfigs.
type connectionQuestion struct {
	// The list of KUBECONFIG, as it is written there.
	List string `json:"list"`
	// One file in its place (--kubeconfig).
	File      string `json:"file"`
	Context   string `json:"context"`
	Namespace string `json:"namespace"`
}

type connectionAnswer struct {
	Error     string              `json:"error,omitempty"`
	URL       string              `json:"url,omitempty"`
	Headers   map[string][]string `json:"headers,omitempty"`
	Namespace string              `json:"namespace,omitempty"`
	Proxy     string              `json:"proxy,omitempty"`
	// PEM, as it was read.
	Authority   string `json:"authority,omitempty"`
	Certificate string `json:"certificate,omitempty"`
	Key         string `json:"key,omitempty"`
	ServerName  string `json:"serverName,omitempty"`
	Unverified  bool   `json:"unverified,omitempty"`
}

func (asked *connectionQuestion) answer() connectionAnswer {
	os.Setenv(clientcmd.RecommendedConfigPathEnvVar, asked.List)
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = asked.File
	overrides := &clientcmd.ConfigOverrides{CurrentContext: asked.Context}
	overrides.Context.Namespace = asked.Namespace
	loading := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	config, err := loading.ClientConfig()
	if err != nil {
		return connectionAnswer{Error: err.Error()}
	}
	namespace, _, err := loading.Namespace()
	if err != nil {
		return connectionAnswer{Error: err.Error()}
	}
	answer, err := tryConnection(config)
	if err != nil {
		return connectionAnswer{Error: err.Error()}
	}
	answer.Namespace = namespace
	return answer
}

// Asks for the version, as the first request of kubectl does, of a server that is not there.
func tryConnection(config *rest.Config) (connectionAnswer, error) {
	// Says what is wrong with certificates.
	if _, err := rest.TransportFor(config); err != nil {
		return connectionAnswer{}, err
	}
	seen := &recorder{}
	wrapped, err := rest.HTTPWrappersForConfig(config, seen)
	if err != nil {
		return connectionAnswer{}, err
	}
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	client, err := rest.UnversionedRESTClientForConfigAndClient(
		config, &http.Client{Transport: wrapped})
	if err != nil {
		return connectionAnswer{}, err
	}
	// The answer is empty, and that is enough.
	if err := client.Get().AbsPath("/version").Do(context.Background()).Error(); err != nil {
		return connectionAnswer{}, err
	}
	answer := connectionAnswer{
		URL:        seen.asked.URL.String(),
		Headers:    seen.headers,
		ServerName: config.ServerName,
		Unverified: config.Insecure,
	}
	if config.Proxy != nil {
		proxy, err := config.Proxy(seen.asked)
		if err != nil {
			return connectionAnswer{}, err
		}
		answer.Proxy = proxy.String()
	}
	answer.Authority, err = dataOrFile(config.CAData, config.CAFile)
	if err != nil {
		return connectionAnswer{}, err
	}
	answer.Certificate, err = dataOrFile(config.CertData, config.CertFile)
	if err != nil {
		return connectionAnswer{}, err
	}
	answer.Key, err = dataOrFile(config.KeyData, config.KeyFile)
	return answer, err
}

func dataOrFile(data []byte, file string) (string, error) {
	if len(data) > 0 || file == "" {
		return string(bytes.Clone(data)), nil
	}
	read, err := os.ReadFile(file)
	return string(read), err
}
