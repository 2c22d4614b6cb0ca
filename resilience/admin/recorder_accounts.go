package admin

import (
	"hash/maphash"
	"maps"
	"sync"
	"sync/atomic"
)

// The bounds of what is recorded of accounts: 25,600 of an API.
const (
	accountShards   = 64
	mostOfShard     = 400
	accountIdleness = historyLength // steps after which an account may be forgotten if there are too many
)

// An accountRecord counts the calls of an account of an API.
type accountRecord struct {
	calls, failed, degraded atomic.Uint64
	step                    atomic.Int64 // of the last call
}

// accountRecords are the counts of the accounts of an API. Finding an account takes no lock: a
// shard is a map that is replaced when an account is added.
type accountRecords struct {
	shards [accountShards]accountShard
	others accountRecord // of accounts that are too many
}

type accountShard struct {
	list  atomic.Pointer[map[string]*accountRecord]
	mu    sync.Mutex // held while the list is replaced
	swept int64      // step of the last sweep
}

var accountSeed = maphash.MakeSeed()

// shard returns the shard of an account.
func (a *accountRecords) shard(account string) *accountShard {
	return &a.shards[maphash.String(accountSeed, account)%accountShards]
}

// find returns the counts of an account, or nil if it has none.
func (a *accountRecords) find(account string) *accountRecord { return a.shard(account).find(account) }

// of returns the counts of an account that was called in a step.
func (a *accountRecords) of(account string, step int64) *accountRecord {
	s := a.shard(account)
	r := s.find(account)
	if r == nil {
		if r = s.add(account, step); r == nil {
			return &a.others
		}
	}
	if r.step.Load() < step {
		r.step.Store(step)
	}
	return r
}

func (s *accountShard) find(account string) *accountRecord {
	if list := s.list.Load(); list != nil {
		return (*list)[account]
	}
	return nil
}

// add adds an account. If there is no place, accounts without a call for 15 minutes are removed. It
// returns nil if there is still no place.
func (s *accountShard) add(account string, step int64) *accountRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.find(account); r != nil {
		return r
	}
	list := map[string]*accountRecord{}
	if now := s.list.Load(); now != nil {
		if len(*now) >= mostOfShard && s.swept == step {
			return nil
		}
		list = maps.Clone(*now)
	}
	if len(list) >= mostOfShard {
		s.swept = step
		maps.DeleteFunc(list, func(_ string, r *accountRecord) bool { return r.step.Load() < step-accountIdleness })
		if len(list) >= mostOfShard {
			return nil
		}
	}
	r := &accountRecord{}
	list[account] = r
	s.list.Store(&list)
	return r
}
