// Command workload is a container that does what a test asks for, in place of an executor: its first argument says what.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var actions = map[string]func(arguments []string){
	// Waits for its end; the process of a pod's sandbox does the same.
	"pause":  func([]string) { untilSignal() },
	"sleep":  func([]string) { fmt.Println("asleep"); untilSignal() },
	"exit":   exit,
	"talk":   talk,
	"tick":   tick,
	"digest": digest,
	"flood":  flood,
	"eat":    eat,
	"fill":   fill,
	"env":    env,
	// A sandbox asks this of the executor it is given.
	"version": func([]string) { fmt.Println("Kaniko version :  v1.24.0") },
	"cat":     cat,
	"linger":  linger,
}

func main() {
	name, arguments := "pause", os.Args[1:]
	if len(arguments) > 0 {
		name, arguments = arguments[0], arguments[1:]
	}
	action, isKnown := actions[name]
	if !isKnown {
		fmt.Fprintf(os.Stderr, "workload: no action %q\n", name)
		os.Exit(64)
	}
	action(arguments)
}

func untilSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	<-signals
	os.Exit(143)
}

// exit CODE [MESSAGE] leaves a termination message and ends.
func exit(arguments []string) {
	if len(arguments) > 1 {
		write("/dev/termination-log", arguments[1])
	}
	os.Exit(number(arguments, 0))
}

// talk LINES LONG writes numbered lines to both streams, then one of LONG bytes, and last words without a newline.
func talk(arguments []string) {
	out, err := bufio.NewWriter(os.Stdout), bufio.NewWriter(os.Stderr)
	for index := 0; index < number(arguments, 0); index++ {
		stream := out
		if index%3 == 0 {
			stream = err
		}
		fmt.Fprintf(stream, "line %d é€😀\n", index)
		// The order of the two streams is the order of the writes.
		stream.Flush()
	}
	fmt.Fprintln(out, strings.Repeat("x", number(arguments, 1)))
	fmt.Fprint(out, "last words without a newline")
	out.Flush()
}

// tick LINES MILLISECONDS writes a numbered line now and then.
func tick(arguments []string) {
	pause := time.Duration(number(arguments, 1)) * time.Millisecond
	for index := 0; index < number(arguments, 0); index++ {
		fmt.Printf("tick %d\n", index)
		time.Sleep(pause)
	}
}

// digest reads stdin to its end and writes its SHA-256.
func digest([]string) {
	hash := sha256.New()
	if _, err := io.Copy(hash, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%x", hash.Sum(nil))
}

// flood MEBIBYTES KIBIBYTES_A_SECOND writes numbered lines of 128 bytes.
func flood(arguments []string) {
	const lineBytes = 128
	total := number(arguments, 0) << 20 / lineBytes
	perTick := number(arguments, 1) << 10 / lineBytes / 100
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	for index := 0; index < total; index++ {
		text := fmt.Sprintf("flood %d ", index)
		fmt.Fprintf(out, "%s%s\n", text, strings.Repeat(".", lineBytes-1-len(text)))
		if perTick > 0 && index%perTick == perTick-1 {
			out.Flush()
			time.Sleep(10 * time.Millisecond)
		}
	}
	out.Flush()
}

// eat MEBIBYTES takes memory and keeps it.
func eat(arguments []string) {
	var kept [][]byte
	for index := 0; index < number(arguments, 0); index++ {
		page := make([]byte, 1<<20)
		for at := 0; at < len(page); at += 4096 {
			page[at] = 1
		}
		kept = append(kept, page)
	}
	fmt.Printf("ate %d MiB\n", len(kept))
	untilSignal()
}

// fill FOLDER MEBIBYTES takes disk and keeps it.
func fill(arguments []string) {
	file, err := os.Create(filepath.Join(arguments[0], "filled"))
	for index := 0; err == nil && index < number(arguments, 1); index++ {
		_, err = file.Write(make([]byte, 1<<20))
	}
	fmt.Printf("filled %s: %v\n", arguments[0], err)
	untilSignal()
}

// env NAME... writes variables.
func env(arguments []string) {
	for _, name := range arguments {
		fmt.Printf("%s=%s\n", name, os.Getenv(name))
	}
}

// cat FILE... writes files.
func cat(arguments []string) {
	for _, file := range arguments {
		content, err := os.ReadFile(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Stdout.Write(content)
	}
}

// linger PROGRAM ARGUMENT... runs another program to its end, and stays after its success: the moment in which all is done and nobody knows.
func linger(arguments []string) {
	command := exec.Command(arguments[0], arguments[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "workload:", err)
		os.Exit(1)
	}
	untilSignal()
}

func number(arguments []string, index int) int {
	if index >= len(arguments) {
		return 0
	}
	value, err := strconv.Atoi(arguments[index])
	if err != nil {
		fmt.Fprintln(os.Stderr, "workload:", err)
		os.Exit(64)
	}
	return value
}

func write(file, text string) {
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
