package admin

// This file has what /status.json and the status page show. docs/schema/status.json describes the
// JSON. Times are UTC, durations are in seconds.

import "time"

// A State is the state of a part: pass, warn or fail.
type State string

// The states. Degraded parts warn. Only a part that does not work at all fails.
const (
	Pass State = "pass"
	Warn State = "warn"
	Fail State = "fail"
)

// A Status is the state of a runtime at one moment.
type Status struct {
	Version     int       `json:"version"` // of the format: 1
	Status      State     `json:"status"`  // fail only if a critical API fails or the runtime is closed
	At          time.Time `json:"at"`
	Since       time.Time `json:"since"` // calls are counted from here on
	Closed      bool      `json:"closed"`
	InFlight    int       `json:"inFlight"`
	Connections int       `json:"connections"` // open
	Query       Query     `json:"query"`
	APIs        []API     `json:"apis"`

	Configurations []Configuration `json:"configurations"` // see [WithConfiguration]
	Batches        []Batch         `json:"batches"`        // see [WithBatches]

	Transitions []Transition `json:"transitions"` // the last 50, newest first
	Errors      []Failure    `json:"errors"`      // the last 50, newest first
}

// A Query selects what lists contain.
type Query struct {
	Text string `json:"text"` // part of the name of accounts and operations
	Page int    `json:"page"` // of accounts, from 1
}

// A Configuration is the state of a configuration file.
type Configuration struct {
	Path         string     `json:"path"`
	Status       State      `json:"status"`
	Applied      *time.Time `json:"applied,omitempty"` // the content that is in use
	Refused      string     `json:"refused,omitempty"` // why the present content is not in use
	RefusedSince *time.Time `json:"refusedSince,omitempty"`
}

// A Batch is the progress of a run of package batch.
type Batch struct {
	Job            string         `json:"job"`
	Total          int            `json:"total"`
	Settled        int            `json:"settled"`
	Earlier        int            `json:"earlier"`  // settled by earlier runs
	Outcomes       map[string]int `json:"outcomes"` // number of items
	Pass           int            `json:"pass"`
	Active         int            `json:"active"`
	Waiting        int            `json:"waiting"` // for a circuit or a sign-in
	Limit          int            `json:"limit"`   // present maximum of active
	ElapsedSeconds float64        `json:"elapsedSeconds"`
	PerSecond      float64        `json:"itemsPerSecond"`
	LeftSeconds    float64        `json:"leftSeconds"` // estimate; 0: unknown, or nothing is left
	Finished       bool           `json:"finished"`
}

// An API is the state of an API.
type API struct {
	Name          string         `json:"name"`
	Status        State          `json:"status"`
	Critical      bool           `json:"critical"`
	Reasons       []string       `json:"reasons"` // why it does not pass
	IsolatedSince *time.Time     `json:"isolatedSince,omitempty"`
	PausedUntil   *time.Time     `json:"pausedUntil,omitempty"`
	Calls         Calls          `json:"calls"`
	InFlight      int            `json:"inFlight"`
	Queued        int            `json:"queued"` // calls that wait for a permit or a place
	Opened        uint64         `json:"connectionsOpened"`
	Reused        uint64         `json:"connectionsReused"`
	History       []Point        `json:"history"`  // of 15 minutes, oldest first
	Circuits      []Circuit      `json:"circuits"` // shared by all accounts
	Quotas        []Quota        `json:"quotas"`
	Budgets       []Budget       `json:"budgets"`
	SignIns       map[string]int `json:"signIns"` // number of accounts by state
	Changes       []Change       `json:"changes"`
	Operations    []Operation    `json:"operations"` // those called most
	Found         int            `json:"operationsFound"`
	Accounts      Accounts       `json:"accounts"`
}

// Calls counts calls since [Status.Since], and how long those of the last 7.5 to 15 minutes took.
type Calls struct {
	Total           uint64  `json:"total"`
	Failed          uint64  `json:"failed"`
	Degraded        uint64  `json:"degraded"` // answered by a fallback
	Attempts        uint64  `json:"attempts"`
	AttemptsPerCall float64 `json:"attemptsPerCall"`
	P50             float64 `json:"p50Seconds"`
	P90             float64 `json:"p90Seconds"`
	P99             float64 `json:"p99Seconds"`
	Max             float64 `json:"maxSeconds"`
}

// A Point has the calls that ended in a quarter of a minute.
type Point struct {
	At          time.Time `json:"at"`
	Calls       uint64    `json:"calls"`
	Failed      uint64    `json:"failed"`
	Degraded    uint64    `json:"degraded"`
	MeanSeconds float64   `json:"meanSeconds"`
}

// A Circuit is the state of a circuit.
type Circuit struct {
	Key         string     `json:"key"`
	State       string     `json:"state"`
	Since       time.Time  `json:"since"`
	NextProbe   *time.Time `json:"nextProbe,omitempty"`
	Observed    bool       `json:"observed"` // nothing is denied
	Calls       int        `json:"calls"`    // in the window
	FailureRate float64    `json:"failureRate"`
	SlowRate    float64    `json:"slowRate"`
	Consecutive int        `json:"consecutiveFailures"`
	Fleet       *Fleet     `json:"fleet,omitempty"` // if other processes share the circuit
}

// A Fleet says what a circuit has to do with those of other processes.
type Fleet struct {
	Follows   bool `json:"follows"`   // the state is that of the shared circuit, which is not closed
	Processes int  `json:"processes"` // with calls in the window, this one included
	Open      int  `json:"open"`      // those of them that had opened theirs, while the shared one was closed
}

// A Quota is the rate limit of an operation, or a bucket of several. It may have a bucket for each
// account.
type Quota struct {
	Name        string  `json:"name"` // empty: of the API
	Buckets     int     `json:"buckets"`
	Stated      float64 `json:"statedPerSecond"`
	Learned     float64 `json:"learnedPerSecond"` // the lowest; 0: none
	Now         float64 `json:"nowPerSecond"`     // the lowest; 0: no limit
	Burst       int     `json:"burst"`
	Tokens      float64 `json:"tokens"` // the fewest
	Waiting     int     `json:"waiting"`
	HeldSeconds float64 `json:"heldSeconds"` // the longest
	Granted     uint64  `json:"granted"`
	Refused     uint64  `json:"refused"`
	Observed    uint64  `json:"observed"`
	Members     int     `json:"members"`      // most processes that share one; 0: not shared
	Apart       float64 `json:"apartSeconds"` // the longest use of a part of one, without the store
}

// A Budget is a retry budget.
type Budget struct {
	Host   string  `json:"host"`
	Name   string  `json:"name"` // empty: of the API
	Tokens float64 `json:"tokens"`
	Size   float64 `json:"size"`
}

// A Change is a policy value that configuration has changed.
type Change struct {
	Subject   string    `json:"subject"`
	Key       string    `json:"key"`
	Generated string    `json:"generated"`
	Now       string    `json:"now"`
	Since     time.Time `json:"since"`
}

// An Operation is an operation that was called.
type Operation struct {
	ID    string `json:"id"`
	Calls Calls  `json:"calls"`
}

// Accounts are a page of the accounts of an API. Those that do not pass come first.
type Accounts struct {
	Total    int       `json:"total"`
	Degraded int       `json:"degraded"`
	Found    int       `json:"found"`
	Pages    int       `json:"pages"`
	List     []Account `json:"list"`

	failing  int       // accounts
	degraded []Account // all of them
}

// An Account is the state of an account at an API.
type Account struct {
	Name     string    `json:"name"`
	Status   State     `json:"status"`
	SignIn   *SignIn   `json:"signIn,omitempty"`
	Circuits []Circuit `json:"circuits"`
	Calls    uint64    `json:"calls"` // since Status.Since, as far as there is place to count them
	Failed   uint64    `json:"failed"`
	Degraded uint64    `json:"degraded"`
	Waiting  int       `json:"waiting"` // calls that wait for a permit
	Held     float64   `json:"heldSeconds"`
}

// A SignIn is the state of a sign-in.
type SignIn struct {
	Status    State      `json:"status"`
	State     string     `json:"state"`
	Since     *time.Time `json:"since,omitempty"` // of the last failure, or of the success that followed
	NextTry   *time.Time `json:"nextTry,omitempty"`
	Failures  int        `json:"failures"`
	NeedsHelp bool       `json:"needsPerson"`
}

// A Transition is a change of a circuit.
type Transition struct {
	At       time.Time `json:"at"`
	Circuit  string    `json:"circuit"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Reason   string    `json:"reason"`
	Observed bool      `json:"observed"`
}

// A Failure is a call that failed, or several equal ones in a row that sent nothing.
type Failure struct {
	First     time.Time `json:"first"`
	At        time.Time `json:"at"`
	Count     int       `json:"count"`
	API       string    `json:"api"`
	Operation string    `json:"operation"`
	Account   string    `json:"account"`
	Kind      string    `json:"kind"`
	Status    int       `json:"status"` // of the last response; 0: none
	RequestID string    `json:"requestId"`
	Attempts  int       `json:"attempts"`
	Degraded  bool      `json:"degraded"` // a fallback answered the call
	Text      string    `json:"text"`
}
