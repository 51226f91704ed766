module kubarium.dev/bench/load

go 1.22
