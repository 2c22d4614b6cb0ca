// Package redisstore lets the processes of a fleet share what the runtimes of package resilience
// otherwise keep per process, on a server that speaks Redis's protocol: Redis 6.2 or later, or
// Valkey. It takes a client of go-redis, so that TLS, ACL users, clusters and sentinels are set
// there:
//
//	client := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: addresses})
//	runtime := resilience.NewRuntime(resilience.WithStore(redisstore.New(client)))
//
// All keys have a prefix; fleets and tenants with different ones share nothing. Every key expires,
// except for refresh tokens and sessions of persons.
//
// It is a separate module, so that programs without it do not depend on go-redis.
package redisstore
