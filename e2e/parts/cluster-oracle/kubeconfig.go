package main

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Which headers client-go sends with a kubeconfig.
type kubeconfigQuestion struct {
	Text string `json:"text"`
}

type kubeconfigAnswer struct {
	Server  string              `json:"server,omitempty"`
	Headers map[string][]string `json:"headers,omitempty"`
	Error   string              `json:"error,omitempty"`
}

func (asked *kubeconfigQuestion) answer() kubeconfigAnswer {
	loaded, err := clientcmd.Load([]byte(asked.Text))
	if err != nil {
		return kubeconfigAnswer{Error: err.Error()}
	}
	config, err := clientcmd.NewDefaultClientConfig(*loaded, nil).ClientConfig()
	if err != nil {
		return kubeconfigAnswer{Error: err.Error()}
	}
	seen := &recorder{}
	wrapped, err := rest.HTTPWrappersForConfig(config, seen)
	if err != nil {
		return kubeconfigAnswer{Error: err.Error()}
	}
	asking, err := http.NewRequest("GET", config.Host, nil)
	if err != nil {
		return kubeconfigAnswer{Error: err.Error()}
	}
	if _, err := wrapped.RoundTrip(asking); err != nil {
		return kubeconfigAnswer{Error: err.Error()}
	}
	return kubeconfigAnswer{Server: config.Host, Headers: seen.headers}
}

type recorder struct {
	asked   *http.Request
	headers map[string][]string
}

func (seen *recorder) RoundTrip(asking *http.Request) (*http.Response, error) {
	seen.asked = asking
	seen.headers = asking.Header.Clone()
	// Refuses what can't be sent, before it would reach for the server.
	if _, err := unconnected.RoundTrip(asking); !errors.Is(err, errNotConnected) {
		return nil, err
	}
	return &http.Response{StatusCode: 200, Body: http.NoBody, Header: http.Header{}, Request: asking}, nil
}

var errNotConnected = errors.New("nothing is sent")

var unconnected = &http.Transport{
	DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errNotConnected },
}

func newReader(text string) *bufio.Reader {
	return bufio.NewReader(strings.NewReader(text))
}
