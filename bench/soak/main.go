package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// growth is the maximum growth of the heap from a quarter of the time to the end.
const growth = 1.1

// settled is how long goroutines and connections may take to end after Close.
const settled = 5 * time.Second

func main() {
	length := flag.Duration("for", 120*time.Second, "how long to make calls")
	workers := flag.Int("workers", 32, "callers side by side")
	server := flag.Bool("serve", false, "run as the server; used internally")
	flag.Parse()
	if err := run(*length, *workers, *server); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(length time.Duration, workers int, server bool) error {
	switch {
	case server:
		return serve()
	case length < time.Second || workers < 1:
		return errors.New("-for: want at least 1s; -workers: want at least 1")
	}
	url, stop, err := startServer()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf(
		"machine: %d cores, %s; %d workers for %s; default policy with waits of milliseconds, attempts of 25 ms, "+
			"connections of 1 s\n",
		runtime.NumCPU(),
		runtime.Version(),
		workers,
		length,
	)
	before := runtime.NumGoroutine()
	quarter, end, err := soak(url, length, workers)
	if err != nil {
		return err
	}
	fmt.Printf("heap: %.3f times that at %s; at most %.1f is allowed\n", end/quarter, length/4, growth)
	return errors.Join(heapVerdict(quarter, end), leftovers(url, before))
}

// startServer starts this program a second time as the server.
func startServer() (url string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "-serve")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = in.Close() // closing stdin stops the server
		_ = cmd.Wait()
	}
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the server did not start: %w", err)
	}
	return strings.TrimSpace(url), stop, nil
}

// soak makes calls and returns the heap after a quarter of the time and at the end.
func soak(url string, length time.Duration, workers int) (quarter, end float64, err error) {
	caller, rt, err := newCaller(url)
	if err != nil {
		return 0, 0, err
	}
	defer rt.Close()
	l := &load{caller: caller, kinds: map[string]int{}}
	l.start(workers)
	fmt.Println(
		"| time | heap after GC KiB | goroutines | at rest | connections | at rest | calls | what became of them |",
	)
	fmt.Println("| --- | --- | --- | --- | --- | --- | --- | --- |")
	for i := range 4 {
		time.Sleep(length / 4)
		heap := l.sample(length/4*time.Duration(i+1), rt)
		if i == 0 {
			quarter = heap
		}
		end = heap
	}
	l.stop()
	return quarter, end, nil
}

// A load is a set of workers that make calls and can be suspended.
type load struct {
	caller *resilience.Caller
	held   sync.RWMutex // read-locked by each call
	done   sync.WaitGroup

	mu    sync.Mutex
	kinds map[string]int
	ended bool
}

func (l *load) start(workers int) {
	for i := range workers {
		l.done.Go(func() {
			for n := i * 37; l.once(n); n++ {
			}
		})
	}
}

// once makes a call. It returns false when the load has ended.
func (l *load) once(n int) bool {
	l.held.RLock()
	kind := kindOf(call(context.Background(), l.caller, n))
	l.held.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds[kind]++
	return !l.ended
}

func (l *load) stop() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.done.Wait()
}

// sample suspends the load to measure what remains: it waits until the idle connections, whose
// number is random, have expired, collects garbage, prints the result and returns the heap.
func (l *load) sample(at time.Duration, rt *resilience.Runtime) float64 {
	l.held.Lock()
	defer l.held.Unlock()
	connections, goroutines := rt.Snapshot().Connections, runtime.NumGoroutine()
	for deadline := time.Now().Add(settled); rt.Snapshot().Connections > 0 && time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
	}
	heap := heapAfterGC()
	fmt.Printf(
		"| %s | %.0f | %d | %d | %d | %d | %s |\n",
		at,
		heap/1024,
		goroutines,
		runtime.NumGoroutine(),
		connections,
		rt.Snapshot().Connections,
		l.summary(),
	)
	return heap
}

// summary returns the number of calls and their results.
func (l *load) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	total, text := 0, ""
	for _, kind := range slices.Sorted(maps.Keys(l.kinds)) {
		total += l.kinds[kind]
		text += fmt.Sprintf(" %s %d", kind, l.kinds[kind])
	}
	return fmt.Sprintf("%d |%s", total, text)
}

// heapAfterGC returns the bytes in use. Pools need two collections to release their content,
// finalizers and cleanups one more.
func heapAfterGC() float64 {
	for range 3 {
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

func heapVerdict(quarter, end float64) error {
	if end > growth*quarter {
		return fmt.Errorf("the heap grew from %.0f to %.0f bytes, by more than a tenth", quarter, end)
	}
	return nil
}

// leftovers waits for what Close ends, and returns an error if something remains.
func leftovers(url string, before int) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	var goroutines int
	var connections string
	for deadline := time.Now().Add(settled); ; time.Sleep(50 * time.Millisecond) {
		var err error
		if connections, err = connectionsAt(client, url); err != nil {
			return err
		}
		goroutines = runtime.NumGoroutine()
		if goroutines <= before && connections == "1" || time.Now().After(deadline) {
			break
		}
	}
	fmt.Printf(
		"after Close: %d goroutines (%d before), connections at the server: %s, of which 1 asks for this\n",
		goroutines,
		before,
		connections,
	)
	if goroutines > before || connections != "1" {
		return errors.New("goroutines or connections outlive Close")
	}
	return nil
}

// connectionsAt returns the server's number of connections.
func connectionsAt(client *http.Client, url string) (string, error) {
	resp, err := client.Get(url + "/connections")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}
