package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/tonistiigi/fsutil"
)

// walk sends what MatchesOrParentMatches keeps, with BuildKit's rules for directories: an ignored one is skipped where no
// exception can match below, and sent where something in it is.
func walk(root string, matcher *patternmatcher.PatternMatcher) ([][]byte, error) {
	sent := [][]byte{}
	isSent := map[string]bool{".": true}
	var send func(path string)
	send = func(path string) {
		if !isSent[path] {
			send(filepath.Dir(path))
			isSent[path] = true
			sent = append(sent, []byte(path))
		}
	}
	err := walkPaths(root, func(path string, isDirectory bool) error {
		ignored, err := matcher.MatchesOrParentMatches(path)
		if err != nil {
			return err
		}
		if !ignored {
			send(path)
		} else if isDirectory && canSkip(matcher, path) {
			return fs.SkipDir
		}
		return nil
	})
	return sent, err
}

func canSkip(matcher *patternmatcher.PatternMatcher, directory string) bool {
	canReach := false
	for _, pattern := range matcher.Patterns() {
		if !pattern.Exclusion() {
			continue
		}
		start := strings.TrimSuffix(strings.TrimSuffix(pattern.String(), "/**"), "/*")
		if strings.ContainsAny(start, `*[]?^\`) {
			return false
		}
		canReach = canReach || strings.HasPrefix(start+"/", directory+"/")
	}
	return !canReach
}

func walkAsBuildKit(root string, patterns []string) ([][]byte, error) {
	sent := [][]byte{}
	options := &fsutil.FilterOpt{ExcludePatterns: patterns}
	err := fsutil.WalkDir(context.Background(), root, options, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			sent = append(sent, []byte(path))
		}
		return err
	})
	return sent, err
}
