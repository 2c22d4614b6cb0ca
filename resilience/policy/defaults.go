package policy

import "time"

// Default returns the policy that holds where no other layer says anything. A method's own class is
// not in it: see [ClassOf].
func Default() Policy {
	return Policy{
		Key: Key{Header: "Idempotency-Key"},
		Retry: Retry{
			Attempts:      4,
			Throttle:      Backoff{Base: time.Second, Factor: 2, Max: 60 * time.Second},
			Server:        Backoff{Base: 500 * time.Millisecond, Factor: 2, Max: 30 * time.Second},
			Connection:    Backoff{Base: 100 * time.Millisecond, Factor: 2, Max: 5 * time.Second},
			Jitter:        EqualJitter,
			MaxRetryAfter: 60 * time.Second,
			Budget:        Budget{Enabled: On, Tokens: 500, Cost: 5, TimeoutCost: 10, Refill: 1},
		},
		Timeout: Timeout{Overall: 120 * time.Second, Attempt: 30 * time.Second, Idle: 30 * time.Second},
		Breaker: Breaker{
			Enabled: On, FailureRate: 0.5, MinCalls: 20, Window: 60 * time.Second,
			Open: 30 * time.Second, MaxOpen: 5 * time.Minute, Growth: 2, Jitter: 0.1, Probes: 1, Successes: 2,
			Contract: Off,
		},
		Rate:      Rate{Enabled: On, Learn: On, Floor: 0.1, Ceiling: 1},
		Bulkhead:  Bulkhead{Enabled: On, Max: 64, MaxWait: time.Second},
		Hedge:     Hedge{Enabled: Off, Max: 1},
		Redirects: Redirects{Max: -1},
		Response:  Response{MaxBytes: 32 << 20},
		Transport: Transport{
			IdleTimeout: 55 * time.Second, DialTimeout: 5 * time.Second, TLSTimeout: 5 * time.Second,
			MaxAge: 10 * time.Minute, Ping: 15 * time.Second, PingTimeout: 5 * time.Second,
		},
	}
}

// ClassOf returns the class that RFC 9110 (section 9.2) gives to a method: safe for GET, HEAD,
// OPTIONS, TRACE and QUERY, idempotent for PUT and DELETE, unsafe for all others.
func ClassOf(method string) Class {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE", "QUERY":
		return Safe
	case "PUT", "DELETE":
		return Idempotent
	}
	return Unsafe
}
