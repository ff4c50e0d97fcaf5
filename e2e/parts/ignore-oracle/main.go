// ignore-oracle says what docker does with an ignore file: a request is a line of JSON on stdin, its answer a line on stdout.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// Bytes are base64 in JSON, since neither ignore files nor paths need be UTF-8.
type request struct {
	Ignore []byte `json:"ignore"`
	// Paths to give a verdict on.
	Paths [][]byte `json:"paths"`
	// A folder to walk.
	Root []byte `json:"root"`
}

type answer struct {
	// Why docker refuses the ignore file; nothing else is set then.
	Error string `json:"error,omitempty"`
	// Per path: what MatchesOrParentMatches says.
	Ignored []bool `json:"ignored"`
	// What BuildKit's client sends of the folder, parents before children.
	Sent [][]byte `json:"sent"`
	// Files among them that it sends without their content.
	Emptied [][]byte `json:"emptied"`
}

func main() {
	requests := json.NewDecoder(bufio.NewReader(os.Stdin))
	answers := bufio.NewWriter(os.Stdout)
	for requests.More() {
		var asked request
		if err := requests.Decode(&asked); err != nil {
			fail(err)
		}
		given, err := decide(asked)
		if err != nil {
			fail(err)
		}
		if err := json.NewEncoder(answers).Encode(given); err != nil {
			fail(err)
		}
		if err := answers.Flush(); err != nil {
			fail(err)
		}
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "ignore-oracle:", err)
	os.Exit(1)
}

func decide(asked request) (answer, error) {
	patterns, matcher, err := load(asked.Ignore)
	if err != nil {
		return answer{Error: err.Error()}, nil
	}
	given := answer{Ignored: []bool{}, Sent: [][]byte{}, Emptied: [][]byte{}}
	for _, path := range asked.Paths {
		ignored, err := matcher.MatchesOrParentMatches(string(path))
		if err != nil {
			return answer{}, err
		}
		given.Ignored = append(given.Ignored, ignored)
	}
	if len(asked.Root) > 0 {
		given.Sent, given.Emptied, err = send(string(asked.Root), patterns)
	}
	return given, err
}

// load compiles every pattern at once. Docker compiles a pattern when it is first tried, so that a wrong one goes unseen
// as long as those before it decide; then it fails, or panics.
func load(contents []byte) ([]string, *patternmatcher.PatternMatcher, error) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(contents))
	if err != nil {
		return nil, nil, err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, nil, err
	}
	for _, pattern := range matcher.Patterns() {
		// Written as an exception, it is tried for certain and keeps a blank or "!" at its start.
		lines := []string{"**", "!" + pattern.String()}
		if strings.HasPrefix(pattern.String(), "..") || pattern.String() == "/" {
			lines = []string{pattern.String()}
		}
		alone, err := patternmatcher.New(lines)
		if err != nil {
			return nil, nil, err
		}
		if _, err := alone.MatchesOrParentMatches("x"); err != nil {
			return nil, nil, err
		}
	}
	return patterns, matcher, nil
}
