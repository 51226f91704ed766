// load puts a Kubernetes API server under load over HTTP(S) with plain JSON, and prints its figures as JSON.
// It speaks only the public REST API, so the same run measures any server. With -pids of a server on the same machine
// it also tells the memory of those processes, and their processor time for each request: a figure that is steadier
// than the rate where the machine has other work.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var (
	server  = flag.String("server", "https://127.0.0.1:6443", "")
	token   = flag.String("token", "", "")
	n       = flag.Int("n", 2000, "pods for create/get/patch/delete")
	big     = flag.Int("big", 10000, "pods for the list figures")
	conc    = flag.Int("c", 32, "concurrency")
	watches = flag.Int("watches", 200, "watchers")
	events  = flag.Int("events", 200, "events for the fan-out")
	pid     = flag.String("pids", "", "comma separated pids whose RSS is summed")
	http2   = flag.Bool("h2", false, "")
)

var tr *http.Transport
var cl *http.Client

func req(method, path, ctype string, body []byte) (int, int64, error) {
	var rd io.Reader
	if body != nil {
		rd = bytes.NewReader(body)
	}
	r, err := http.NewRequest(method, *server+path, rd)
	if err != nil {
		return 0, 0, err
	}
	if *token != "" {
		r.Header.Set("Authorization", "Bearer "+*token)
	}
	if ctype != "" {
		r.Header.Set("Content-Type", ctype)
	}
	r.Header.Set("Accept", "application/json")
	resp, err := cl.Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer resp.Body.Close()
	nb, err := io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, nb, err
}

func pod(ns, name string, i int) []byte {
	return []byte(fmt.Sprintf(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"%s","labels":{"app":"backend","pod-template-hash":"5d4f8c7b9","shard":"s%d"},"annotations":{"kubernetes.io/config.source":"bench","example.com/checksum":"0123456789abcdef0123456789abcdef"}},"spec":{"containers":[{"name":"backend","image":"my-backend-app:1.0","command":["/bin/server"],"args":["--port=80","--verbose"],"env":[{"name":"POD_NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}},{"name":"MODE","value":"production"}],"ports":[{"name":"http","containerPort":80,"protocol":"TCP"}],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"100m","memory":"64Mi"}},"readinessProbe":{"httpGet":{"path":"/healthz","port":80},"periodSeconds":10}}],"tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"nodeName":"node-%d"}}`, name, ns, i%16, i%100))
}

type stat struct {
	PerSec float64 `json:"per_s"`
	P50    float64 `json:"p50_ms"`
	P99    float64 `json:"p99_ms"`
	CPU    float64 `json:"server_cpu_us,omitempty"`
	Errs   int     `json:"errs"`
}

func run(total, conc int, f func(i int) (int, error)) stat {
	lat := make([]float64, total)
	var errs, next int64
	var wg sync.WaitGroup
	cpu := cpuSeconds()
	t0 := time.Now()
	for w := 0; w < conc; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				i := int(atomic.AddInt64(&next, 1)) - 1
				if i >= total {
					return
				}
				s := time.Now()
				code, err := f(i)
				lat[i] = float64(time.Since(s).Microseconds()) / 1000
				if err != nil || code >= 400 {
					if atomic.AddInt64(&errs, 1) == 1 {
						fmt.Fprintln(os.Stderr, "first error:", code, err)
					}
				}
			}
		}()
	}
	wg.Wait()
	el := time.Since(t0).Seconds()
	sort.Float64s(lat)
	return stat{float64(int(float64(total) / el)), lat[total/2], lat[total*99/100], cpuPerRequest(cpu, total), int(errs)}
}

func rss() float64 {
	sum := 0.0
	for _, p := range strings.Split(*pid, ",") {
		if p == "" {
			continue
		}
		b, _ := os.ReadFile("/proc/" + p + "/status")
		for _, l := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(l, "VmRSS:") {
				var k float64
				fmt.Sscanf(strings.TrimSpace(l[6:]), "%f", &k)
				sum += k / 1024
			}
		}
	}
	return sum
}

// cpuSeconds is the processor time that the processes of -pids have used, user and system.
func cpuSeconds() float64 {
	ticks := 0.0
	for _, p := range strings.Split(*pid, ",") {
		b, err := os.ReadFile("/proc/" + p + "/stat")
		if p == "" || err != nil {
			continue
		}
		// The second field is the name in parentheses, which may hold spaces.
		f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
		var user, system float64
		fmt.Sscanf(f[11], "%f", &user)
		fmt.Sscanf(f[12], "%f", &system)
		ticks += user + system
	}
	return ticks / 100
}

func cpuPerRequest(since float64, requests int) float64 {
	return float64(int((cpuSeconds() - since) * 1e6 / float64(requests)))
}

func must(what string, code int, err error) {
	if err != nil || code >= 400 {
		fmt.Fprintln(os.Stderr, what, code, err)
		os.Exit(1)
	}
}

func main() {
	flag.Parse()
	tr = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, MaxIdleConnsPerHost: 512, ForceAttemptHTTP2: *http2, DisableCompression: true}
	if !*http2 {
		tr.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	cl = &http.Client{Transport: tr}
	out := map[string]any{"rss_start_mb": rss()}
	ns := fmt.Sprintf("bench-%d", time.Now().UnixNano()%1000000)
	for _, x := range []string{ns, ns + "-big"} {
		c, _, e := req("POST", "/api/v1/namespaces", "application/json", []byte(`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"`+x+`"}}`))
		must("namespace", c, e)
	}
	base := "/api/v1/namespaces/" + ns + "/pods"
	out["create_serial"] = run(300, 1, func(i int) (int, error) {
		c, _, e := req("POST", base, "application/json", pod(ns, fmt.Sprintf("s-%d", i), i))
		return c, e
	})
	out["create"] = run(*n, *conc, func(i int) (int, error) {
		c, _, e := req("POST", base, "application/json", pod(ns, fmt.Sprintf("p-%d", i), i))
		return c, e
	})
	out["get"] = run(*n*3, *conc, func(i int) (int, error) {
		c, _, e := req("GET", fmt.Sprintf("%s/p-%d", base, i%*n), "", nil)
		return c, e
	})
	out["status_patch"] = run(*n, *conc, func(i int) (int, error) {
		b := []byte(fmt.Sprintf(`{"status":{"phase":"Running","podIP":"10.244.%d.%d","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`, i/250, i%250))
		c, _, e := req("PATCH", fmt.Sprintf("%s/p-%d/status", base, i), "application/strategic-merge-patch+json", b)
		return c, e
	})
	// fan-out: W watchers on the namespace's config maps, E creations, until all have seen all
	var seen int64
	var ready sync.WaitGroup
	var done sync.WaitGroup
	for w := 0; w < *watches; w++ {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			r, _ := http.NewRequest("GET", *server+"/api/v1/namespaces/"+ns+"/configmaps?watch=1&labelSelector=bench%3Dfan&timeoutSeconds=600", nil)
			if *token != "" {
				r.Header.Set("Authorization", "Bearer "+*token)
			}
			resp, err := cl.Do(r)
			ready.Done()
			if err != nil {
				fmt.Fprintln(os.Stderr, "watch", err)
				return
			}
			defer resp.Body.Close()
			br := bufio.NewReaderSize(resp.Body, 65536)
			got := 0
			for got < *events {
				if _, err := br.ReadBytes('\n'); err != nil {
					fmt.Fprintln(os.Stderr, "watch ended", got, err)
					return
				}
				got++
				atomic.AddInt64(&seen, 1)
			}
		}()
	}
	ready.Wait()
	time.Sleep(500 * time.Millisecond)
	t0 := time.Now()
	run(*events, 8, func(i int) (int, error) {
		c, _, e := req("POST", "/api/v1/namespaces/"+ns+"/configmaps", "application/json", []byte(fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"f-%d","labels":{"bench":"fan"}},"data":{"k":"%s"}}`, i, strings.Repeat("x", 500))))
		return c, e
	})
	done.Wait()
	el := time.Since(t0).Seconds()
	out["fanout"] = map[string]any{"delivered": seen, "per_s": int(float64(seen) / el), "wall_s": el}
	// big list
	out["create_big"] = run(*big, *conc, func(i int) (int, error) {
		c, _, e := req("POST", "/api/v1/namespaces/"+ns+"-big/pods", "application/json", pod(ns+"-big", fmt.Sprintf("b-%d", i), i))
		return c, e
	})
	list := func(q string, times int) map[string]any {
		var best, sum float64
		var nb int64
		best = 1e9
		for k := 0; k < times; k++ {
			s := time.Now()
			c, b, e := req("GET", "/api/v1/namespaces/"+ns+"-big/pods"+q, "", nil)
			must("list"+q, c, e)
			d := float64(time.Since(s).Microseconds()) / 1000
			sum += d
			if d < best {
				best = d
			}
			nb = b
		}
		return map[string]any{"best_ms": best, "mean_ms": sum / float64(times), "bytes": nb}
	}
	out["list_all"] = list("", 5)
	out["list_all_rv0"] = list("?resourceVersion=0", 5)
	out["list_limit500"] = list("?limit=500", 10)
	out["list_label"] = list("?labelSelector=shard%3Ds3", 5)
	out["list_field_node"] = list("?fieldSelector=spec.nodeName%3Dnode-7", 5)
	out["rss_big_mb"] = rss()
	out["delete"] = run(*n, *conc, func(i int) (int, error) {
		c, _, e := req("DELETE", fmt.Sprintf("%s/p-%d?gracePeriodSeconds=0", base, i), "", nil)
		return c, e
	})
	b, _ := json.MarshalIndent(out, "", " ")
	fmt.Println(string(b))
}
