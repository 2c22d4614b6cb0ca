//go:build unix

package batch_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// This test kills a process that works through a journaled batch at random moments and starts it
// again, until all is done. RESGEN_KILLS=200 makes it the full test with 5,000 items.

// The environment of the process that is killed.
const (
	helperURL     = "RESGEN_BATCH_URL"
	helperJournal = "RESGEN_BATCH_JOURNAL"
	helperItems   = "RESGEN_BATCH_ITEMS"
	helperLimit   = "RESGEN_BATCH_LIMIT" // size of the largest file, in bytes
	helperRewrite = "RESGEN_BATCH_REWRITE"
)

func TestMain(m *testing.M) {
	help := help
	switch {
	case os.Getenv(helperRewrite) != "":
		help = rewrite
	case os.Getenv(helperURL) == "":
		os.Exit(m.Run())
	}
	if err := help(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// help runs the batch of the environment.
func help() error {
	if limit, err := strconv.ParseUint(os.Getenv(helperLimit), 10, 64); err == nil {
		if err := limitFiles(limit); err != nil {
			return err
		}
	}
	n, err := strconv.Atoi(os.Getenv(helperItems))
	if err != nil {
		return err
	}
	c := newShop(os.Getenv(helperURL))
	journal := batch.NewFile(os.Getenv(helperJournal), batch.FileOptions{CompactAfter: 100})
	report, err := batch.Run(context.Background(), slices.Values(numbered(n)), same, c.create, quiet,
		batch.WithJournal(journal), batch.WithVerify(c.exists), batch.WithPasses(20))
	if err == nil && !report.OK() {
		err = errors.New(report.String())
	}
	return err
}

// A shop is a client of a stockroom.
type shop struct {
	caller *resilience.Caller
	post   *resilience.Operation
	get    *resilience.Operation
}

func newShop(url string) *shop {
	path := []wire.Param{{Name: "id", In: wire.Path, Required: true}}
	s := &shop{
		post: &resilience.Operation{ID: "create", Method: "POST", Path: "/items/{id}", Params: path,
			Success: []wire.Outcome{{Status: 204}}, Policy: policy.Policy{Idempotency: policy.Unsafe}},
		get: &resilience.Operation{ID: "get", Method: "GET", Path: "/items/{id}", Params: path,
			Success: []wire.Outcome{{Status: 204}}, Policy: policy.Policy{Idempotency: policy.Safe}},
	}
	p := policy.Default()
	short := policy.Backoff{Base: time.Millisecond, Factor: 1, Max: time.Millisecond}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = short, short, short
	p.Breaker.Open, p.Breaker.MaxOpen = 10*time.Millisecond, 10*time.Millisecond
	api := &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{s.post, s.get}}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithoutCredential())
	if err != nil {
		panic(err)
	}
	s.caller = caller
	return s
}

func (s *shop) create(ctx context.Context, id string) error {
	return resilience.Do(ctx, s.caller, s.post, wire.Args(id))
}

func (s *shop) exists(ctx context.Context, id string) (bool, error) {
	err := resilience.Do(ctx, s.caller, s.get, wire.Args(id))
	var e *resilience.Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		return false, nil
	}
	return err == nil, err
}

// A stockroom is a server on which creating an item twice has two effects. A fifth of its requests
// fail, half of these after the work.
type stockroom struct {
	*httptest.Server
	mu      sync.Mutex
	effects map[string]int
	looked  int
	open    map[net.Conn]bool
	random  *rand.Rand
}

func newStockroom(t *testing.T, seed uint64) *stockroom {
	s := &stockroom{effects: map[string]int{}, open: map[net.Conn]bool{}, random: rand.New(rand.NewPCG(seed, 0))}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if state == http.StateClosed {
			delete(s.open, c)
		} else {
			s.open[c] = true
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func (s *stockroom) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := strings.TrimPrefix(r.URL.Path, "/items/")
	s.mu.Lock()
	fault := s.random.IntN(10)
	if fault != 0 && r.Method == http.MethodPost {
		s.effects[id]++
	}
	known := s.effects[id] > 0
	if r.Method == http.MethodGet {
		s.looked++
	}
	s.mu.Unlock()
	switch {
	case fault == 0:
		w.WriteHeader(http.StatusServiceUnavailable)
	case fault == 1:
		panic(http.ErrAbortHandler) // the connection breaks
	case r.Method == http.MethodGet && !known:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// settle waits until no request of a dead process is in progress.
func (s *stockroom) settle() {
	for {
		s.mu.Lock()
		n := len(s.open)
		s.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// check reports every item that was not created exactly once.
func (s *stockroom) check(t *testing.T, items int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range numbered(items) {
		if s.effects[id] != 1 {
			t.Errorf("%s: created %d times", id, s.effects[id])
		}
	}
}

func (s *stockroom) command(journal string, items int, env ...string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), helperURL+"="+s.URL, helperJournal+"="+journal, fmt.Sprint(helperItems, "=", items))
	c.Env = append(c.Env, env...)
	return c
}

// Each item of a batch has exactly one effect, however often the process is killed.
func TestFile_Kill(t *testing.T) {
	kills, items := 8, 400
	if n, err := strconv.Atoi(os.Getenv("RESGEN_KILLS")); err == nil {
		kills, items = n, 5000
	}
	random := rand.New(rand.NewPCG(1, 2))
	killed, jobs, looked, finished := 0, 0, 0, 0
	for ; killed < kills; jobs++ {
		s := newStockroom(t, uint64(jobs))
		journal := filepath.Join(t.TempDir(), "journal")
		for done := false; !done; {
			after := time.Duration(random.IntN(120)) * time.Millisecond
			if killed >= kills {
				after = time.Hour
			}
			err := runFor(s.command(journal, items), after)
			s.settle()
			switch {
			case err == nil:
				done = true
			case errors.Is(err, errKilled):
				killed++
			default:
				t.Fatal(err)
			}
		}
		s.check(t, items)
		looked, finished = looked+s.looked, finished+items
	}
	t.Logf("%d kills, %d jobs, %d items, %d lookups", killed, jobs, finished, looked)
}

var errKilled = errors.New("killed")

// runFor runs a command and kills it after a while.
func runFor(c *exec.Cmd, after time.Duration) error {
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	timer := time.AfterFunc(after, func() { _ = c.Process.Kill() })
	defer timer.Stop()
	text := bufio.NewScanner(out)
	var last string
	for text.Scan() {
		last = text.Text()
	}
	err = c.Wait()
	if c.ProcessState.ExitCode() == -1 {
		return errKilled
	}
	if err != nil {
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}

// A full disk ends a run with an error, nothing that was recorded is lost, and a later run
// finishes the batch.
func TestFile_FullDisk(t *testing.T) {
	for _, limit := range []string{"100", "4000", "9001", "20000"} {
		s := newStockroom(t, 9)
		journal := filepath.Join(t.TempDir(), "journal")
		err := runFor(s.command(journal, 200, helperLimit+"="+limit), time.Hour)
		if err == nil || !strings.Contains(err.Error(), "journal "+journal+": "+syscall.EFBIG.Error()) {
			t.Errorf("at %s bytes: %v", limit, err)
		}
		s.settle()
		if err := runFor(s.command(journal, 200), time.Hour); err != nil {
			t.Error(err)
		}
		s.check(t, 200)
	}
}

// limitFiles bounds the size of the files that this process writes.
func limitFiles(bytes uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes})
}

// rewrite finishes items of the journal for ever, which is rewritten after every few lines, and
// prints the key of each when it is recorded.
func rewrite() error {
	f := batch.NewFile(os.Getenv(helperJournal), batch.FileOptions{CompactAfter: 1})
	records, err := f.Open(context.Background(), demoJob)
	if err != nil {
		return err
	}
	for n := max(0, len(records)-1); ; n++ { // the last one may have been begun only
		for _, key := range []int{n, n, n, 0, 0, 0} { // items that are finished again add lines, but no records
			name := strconv.Itoa(key)
			if _, _, err := f.Begin(context.Background(), name, "k"+name); err != nil {
				return err
			}
			if err := f.Finish(context.Background(), name, batch.Result{Outcome: batch.Done}); err != nil {
				return err
			}
		}
		fmt.Println(n)
	}
}

// A process that is killed while it rewrites the journal loses nothing, and the next one removes
// what it has left.
func TestFile_KillWhileRewriting(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	path := filepath.Join(t.TempDir(), "journal")
	left, acknowledged := 0, -1
	for n := 0; n < 25 || left == 0 && n < 500; n++ {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), helperRewrite+"=1", helperJournal+"="+path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 1 + random.IntN(4); n > 0 && lines.Scan(); n-- {
			acknowledged, err = strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatal(lines.Text())
			}
		}
		time.Sleep(time.Duration(random.IntN(2000)) * time.Microsecond)
		_ = c.Process.Kill()
		for lines.Scan() {
			if n, err := strconv.Atoi(lines.Text()); err == nil {
				acknowledged = n
			}
		}
		_ = c.Wait()
		left += leftovers(t, path)
		f, records := opened(t, path, batch.FileOptions{})
		for n := range acknowledged + 1 {
			key := strconv.Itoa(n)
			if r := records[key]; r.Result.Outcome != batch.Done || r.IdempotencyKey != "k"+key {
				t.Fatalf("item %d of %d: %+v", n, acknowledged+1, r)
			}
		}
		if n := leftovers(t, path); n > 0 {
			t.Errorf("%d temporary files remain", n)
		}
		closed(t, f)
	}
	t.Logf("%d items, %d temporary files", acknowledged+1, left)
	if left == 0 {
		t.Error("no process was killed while it rewrote the journal")
	}
}

// leftovers returns the number of temporary files of a journal.
func leftovers(t *testing.T, path string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"-*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}
