package spapitest

import (
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// Options configures a [Server]. The zero value is an empty account without faults.
type Options struct {
	Stock   map[string]int  // units in Amazon's warehouses by SKU; the inventory omits other SKUs
	Listed  []string        // SKUs with a listing; nil: those of Stock
	Invalid map[string]bool // SKUs whose deletion returns 200 with status INVALID
	Own     map[string]int  // units that the seller has and ships, by SKU
	Busy    map[string]int  // number of 429s within a batch by SKU

	// speed of API time relative to real time; 0 means 1. It applies to buckets, outage and token
	// life
	Speed   float64
	Rates   map[string]Rate  // rate and burst by operation, in API time; nil means [DocumentedRates]
	Latency [2]time.Duration // minimum and maximum time for a response, in real time; zero: none

	Faults      float64       // share of requests that fail, 0 to 1
	Outage      time.Duration // duration of an outage in API time; 0: none
	OutageAfter time.Duration // start of the outage after the first request, in API time
	// duration of an outage of the token endpoint from the first request on, in API time
	SignInOutage time.Duration
	Seed         uint64        // seed for random faults; the same seed gives the same sequence
	TokenLife    time.Duration // API time; 0 means 1 h
	TokenDelay   time.Duration // duration of a token request, in real time

	// results of reports by report type, and of feeds by feed type except JSON_LISTINGS_FEED, which
	// the server processes
	Reports  map[string]Report
	WorkTime time.Duration // duration of a feed or report, in API time
	URLLife  time.Duration // how long a pre-signed URL is valid, in API time; 0 means 5 min

	ExpiredStatus int       // status of the response to an expired token: 401 or 403; 0 means 403
	Denied        []string  // operations for which the application has no permission with any token
	Log           io.Writer // one JSON object per line and request, see [Entry]; nil: only [Server.Entries]
}

// A Rate is the token bucket of one operation.
type Rate struct {
	PerSecond float64
	Burst     int
}

// DocumentedRates returns the documented usage plans of the server's operations.
func DocumentedRates() map[string]Rate {
	return map[string]Rate{
		GetInventorySummaries: {2, 2},
		DeleteListingsItem:    {5, 5},
		GetListingsItem:       {5, 5},
		SearchListingsItems:   {5, 5},
		CreateFeedDocument:    {0.5, 15},
		CreateFeed:            {0.0083, 15},
		GetFeed:               {2, 15},
		GetFeedDocument:       {0.0222, 10},
	}
}

// The operationIds of the server.
const (
	GetInventorySummaries = "getInventorySummaries"
	DeleteListingsItem    = "deleteListingsItem"
	GetListingsItem       = "getListingsItem"
	SearchListingsItems   = "searchListingsItems"
	CreateFeedDocument    = "createFeedDocument"
	GetDestinations       = "getDestinations" // grantless
	GetOrderAddress       = "getOrderAddress" // restricted
	CreateRestrictedToken = "createRestrictedDataToken"
	CreateFeed            = "createFeed"
	GetFeed               = "getFeed"
	GetFeedDocument       = "getFeedDocument"
	CreateReport          = "createReport"
	GetReport             = "getReport"
	GetReportDocument     = "getReportDocument"
	GetExpectedPrices     = "getFeaturedOfferExpectedPriceBatch"
	FeedMessage           = "feed message" // in the log: what a feed did to a SKU
	storageRequest        = "storage"
	requestToken          = "token"
)

// A Server is the fake API. Create one with [New]. It is safe for concurrent use.
type Server struct {
	opts  Options
	log   standin.Journal[Entry]
	start func() time.Time // time of the first request

	mu      sync.Mutex
	random  *rand.Rand
	listed  map[string]bool
	buckets map[string]*bucket
	tokens  map[string]issuedToken
	issued  int // number of tokens issued
	storage storage
	busy    map[string]int // rest of Options.Busy

	tokenFaults   []TokenFault
	storageFaults []int
}

// New returns a server. Serve it with net/http/httptest, or in memory with [resilience/faults].
func New(opts Options) *Server {
	if opts.Speed == 0 {
		opts.Speed = 1
	}
	if opts.Rates == nil {
		opts.Rates = DocumentedRates()
	}
	if opts.TokenLife == 0 {
		opts.TokenLife = time.Hour
	}
	s := &Server{
		opts:    opts,
		log:     standin.Journal[Entry]{To: opts.Log},
		start:   sync.OnceValue(time.Now),
		random:  rand.New(rand.NewPCG(opts.Seed, 0)),
		listed:  map[string]bool{},
		buckets: map[string]*bucket{},
		tokens:  map[string]issuedToken{},
		busy:    maps.Clone(opts.Busy),
		storage: storage{documents: map[string]*document{}, jobs: map[string]*job{}},
	}
	for operation, r := range opts.Rates {
		s.buckets[operation] = newBucket(r.PerSecond*opts.Speed, r.Burst, time.Now())
	}
	for _, sku := range opts.Listed {
		s.listed[sku] = true
	}
	if opts.Listed == nil {
		for sku := range opts.Stock {
			s.listed[sku] = true
		}
	}
	return s
}

// Entries returns the log in order.
func (s *Server) Entries() []Entry { return s.log.Entries() }

// Listed reports whether the SKU still has a listing.
func (s *Server) Listed(sku string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed[sku]
}

// ServeHTTP handles one request: outage, token bucket, fault before the work, work, fault after the
// work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	call := route(r)
	entry := Entry{Operation: call.operation, SKU: call.sku}
	defer func() {
		if entry.Time.IsZero() {
			entry.Time = time.Now()
		}
		s.log.Add(entry)
	}()

	time.Sleep(s.latency())
	if s.out() {
		entry.Fault, entry.Status = "outage", http.StatusServiceUnavailable
		htmlPage(w, http.StatusServiceUnavailable)
		return
	}
	entry.Time = time.Now()
	if call.operation == storageRequest {
		entry.Status = s.store(w, r, body)
		return
	}
	if call.operation == requestToken {
		if s.since() < s.opts.SignInOutage {
			entry.Fault, entry.Status = "outage", http.StatusServiceUnavailable
			htmlPage(w, http.StatusServiceUnavailable)
			return
		}
		time.Sleep(s.opts.TokenDelay)
		if status, failed := s.failToken(w, r); failed {
			entry.Fault, entry.Status = "token", status
			return
		}
	}
	if b := s.buckets[call.operation]; b != nil && !b.take(entry.Time) {
		entry.Fault, entry.Status = "throttled", http.StatusTooManyRequests
		writeErrors(w, http.StatusTooManyRequests, "QuotaExceeded", "the quota of this operation is used up")
		return
	}
	f := s.fault()
	entry.Fault = f.name
	if f.before() {
		entry.Status = f.apply(w, nil)
		return
	}
	answer := s.work(call, r, body)
	entry.Applied = answer.applied
	entry.Status = f.apply(w, &answer)
}

// A call is a parsed request.
type call struct {
	operation, sku string
	id             string // last segment of the path
}

func route(r *http.Request) call {
	path := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/auth/o2/token":
		return call{operation: requestToken}
	case r.Method == http.MethodPost && r.URL.Path == "/tokens/2021-03-01/restrictedDataToken":
		return call{operation: CreateRestrictedToken}
	case r.Method == http.MethodGet && r.URL.Path == "/notifications/v1/destinations":
		return call{operation: GetDestinations}
	case r.Method == http.MethodGet && len(path) == 5 && fits("/orders/v0/orders/{orderId}/address", r.URL.Path):
		return call{operation: GetOrderAddress}
	case r.Method == http.MethodGet && r.URL.Path == "/fba/inventory/v1/summaries":
		return call{operation: GetInventorySummaries, sku: r.URL.Query().Get("sellerSku")}
	case strings.HasPrefix(r.URL.Path, "/storage/"):
		return call{operation: storageRequest}
	case len(path) == 5 && strings.HasPrefix(r.URL.Path, "/listings/2021-08-01/items/"):
		sku, err := url.PathUnescape(path[4])
		if err == nil && sku != "" && r.Method == http.MethodDelete {
			return call{operation: DeleteListingsItem, sku: sku}
		}
		if err == nil && sku != "" && r.Method == http.MethodGet {
			return call{operation: GetListingsItem, sku: sku}
		}
	}
	for pattern, operation := range jobOperations {
		if method, pattern, _ := strings.Cut(pattern, " "); method == r.Method && fits(pattern, r.URL.Path) {
			return call{operation: operation, id: path[len(path)-1]}
		}
	}
	return call{operation: r.Method + " " + r.URL.Path}
}

// jobOperations maps paths to the operations of feeds and reports, and to others identified by
// their path alone.
var jobOperations = map[string]string{
	"POST /batches/products/pricing/2022-05-01/offer/featuredOfferExpectedPrice": GetExpectedPrices,

	"GET /listings/2021-08-01/items/{sellerId}":            SearchListingsItems,
	"POST /feeds/2021-06-30/documents":                     CreateFeedDocument,
	"GET /feeds/2021-06-30/documents/{feedDocumentId}":     GetFeedDocument,
	"POST /feeds/2021-06-30/feeds":                         CreateFeed,
	"GET /feeds/2021-06-30/feeds/{feedId}":                 GetFeed,
	"POST /reports/2021-06-30/reports":                     CreateReport,
	"GET /reports/2021-06-30/reports/{reportId}":           GetReport,
	"GET /reports/2021-06-30/documents/{reportDocumentId}": GetReportDocument,
}

// A response is the response of an operation.
type response struct {
	status  int
	body    any
	rate    float64 // value of x-amzn-RateLimit-Limit; 0: no header
	applied bool
}

func (s *Server) work(c call, r *http.Request, body []byte) response {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.operation == requestToken {
		return s.token(body)
	}
	if refused, ok := s.authorise(c, r); !ok {
		return refused
	}
	out := s.operation(c, r, body)
	if plan, ok := s.opts.Rates[c.operation]; ok && out.status < http.StatusForbidden {
		out.rate = plan.PerSecond * s.opts.Speed
	}
	return out
}

func (s *Server) operation(c call, r *http.Request, body []byte) response {
	switch c.operation {
	case CreateRestrictedToken:
		return s.restrict(body)
	case GetDestinations:
		return response{status: http.StatusOK, body: map[string]any{"payload": []any{}}}
	case GetOrderAddress:
		return response{
			status: http.StatusOK,
			body:   map[string]any{"payload": map[string]any{"AmazonOrderId": strings.Split(r.URL.Path, "/")[4]}},
		}
	case GetInventorySummaries:
		return s.summaries(r.URL.Query())
	case GetListingsItem:
		if !s.listed[c.sku] {
			return refusal(http.StatusNotFound, "NotFound", "no such listing", "")
		}
		return response{status: http.StatusOK, body: s.listing(c.sku, r.URL.Query())}
	case SearchListingsItems:
		return s.search(r.URL.Query())
	case DeleteListingsItem:
		return s.delete(c.sku, r.URL.Query())
	case CreateFeedDocument:
		return s.createFeedDocument(r, body)
	case CreateFeed:
		return s.createFeed(body)
	case CreateReport:
		return s.createReport(body)
	case GetExpectedPrices:
		return s.prices(body)
	case GetFeed, GetReport:
		return s.look(c.id)
	case GetFeedDocument:
		return s.documentURL(r, c.id, "feedDocumentId")
	case GetReportDocument:
		return s.documentURL(r, c.id, "reportDocumentId")
	}
	return refusal(http.StatusNotFound, "NotFound", "no such operation", "")
}

func refusal(status int, code, message, details string) response {
	return response{status: status, body: errorList(code, message, details)}
}

func errorList(code, message, details string) map[string]any {
	return map[string]any{"errors": []any{map[string]any{"code": code, "message": message, "details": details}}}
}

func writeErrors(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, errorList(code, message, ""))
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}

func htmlPage(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<html><body><h1>Service Unavailable</h1></body></html>")
}
