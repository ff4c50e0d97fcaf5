package main

import (
	"net/url"

	"golang.org/x/net/http/httpproxy"
)

// Which proxy golang.org/x/net/http/httpproxy chooses for an address.
type proxyQuestion struct {
	HTTPProxy  string `json:"httpProxy"`
	HTTPSProxy string `json:"httpsProxy"`
	NoProxy    string `json:"noProxy"`
	CGI        bool   `json:"cgi"`
	URL        string `json:"url"`
}

type proxyAnswer struct {
	Proxy string `json:"proxy,omitempty"`
	Error string `json:"error,omitempty"`
}

func (asked *proxyQuestion) answer() proxyAnswer {
	target, err := url.Parse(asked.URL)
	if err != nil {
		return proxyAnswer{Error: "url: " + err.Error()}
	}
	config := httpproxy.Config{
		HTTPProxy:  asked.HTTPProxy,
		HTTPSProxy: asked.HTTPSProxy,
		NoProxy:    asked.NoProxy,
		CGI:        asked.CGI,
	}
	chosen, err := config.ProxyFunc()(target)
	if err != nil {
		return proxyAnswer{Error: err.Error()}
	}
	if chosen == nil {
		return proxyAnswer{}
	}
	return proxyAnswer{Proxy: chosen.String()}
}
