// cluster-oracle says what kubectl and other programs in Go do: a request is a line of JSON on stdin, its answer a line on stdout.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// One of the questions is set.
type request struct {
	Proxy      *proxyQuestion      `json:"proxy"`
	Yaml       *yamlQuestion       `json:"yaml"`
	Kubeconfig *kubeconfigQuestion `json:"kubeconfig"`
	Connection *connectionQuestion `json:"connection"`
}

func main() {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	answers := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for requests.More() {
		var asked request
		if err := requests.Decode(&asked); err != nil {
			fail(err)
		}
		if err := encoder.Encode(answer(asked)); err != nil {
			fail(err)
		}
		if err := answers.Flush(); err != nil {
			fail(err)
		}
	}
}

func answer(asked request) any {
	switch {
	case asked.Proxy != nil:
		return asked.Proxy.answer()
	case asked.Yaml != nil:
		return asked.Yaml.answer()
	case asked.Connection != nil:
		return asked.Connection.answer()
	default:
		return asked.Kubeconfig.answer()
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
