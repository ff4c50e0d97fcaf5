package main

import (
	"bytes"
	"encoding/json"
	"io"

	corev1 "k8s.io/api/core/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// What kubectl reads from a file: each of its documents as JSON.
type yamlQuestion struct {
	Text string `json:"text"`
	// Documents are split as kubectl does, or the text is one document, as a kubeconfig is.
	Split bool `json:"split"`
	// The document is decoded as a pod, strictly.
	Pod bool `json:"pod"`
}

type yamlAnswer struct {
	Documents []json.RawMessage `json:"documents"`
	Error     string            `json:"error,omitempty"`
}

func (asked *yamlQuestion) answer() yamlAnswer {
	texts := [][]byte{[]byte(asked.Text)}
	if asked.Split {
		texts = nil
		reader := utilyaml.NewYAMLReader(newReader(asked.Text))
		for {
			text, err := reader.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				return yamlAnswer{Error: err.Error()}
			}
			texts = append(texts, bytes.Clone(text))
		}
	}
	documents := []json.RawMessage{}
	for _, text := range texts {
		if asked.Pod {
			if err := yaml.UnmarshalStrict(text, &corev1.Pod{}); err != nil {
				return yamlAnswer{Error: err.Error()}
			}
		}
		document, err := yaml.YAMLToJSON(text)
		if err != nil {
			return yamlAnswer{Error: err.Error()}
		}
		documents = append(documents, document)
	}
	return yamlAnswer{Documents: documents}
}
