# shellcheck shell=sh
# Counters of the rig, for scripts that run in it.

# Prints the number of TCP connections that were opened in this network namespace so far, failed ones too.
connections() {
    awk '/^Tcp:/ { if (names++) print $column; else for (column = 1; $column != "ActiveOpens"; column++); }' \
        /proc/net/snmp
}

# Moves what nginx has logged to RIG/requests. Its lines are "CONNECTION PROTOCOL STATUS HOST".
take_requests() {
    mv "$RIG/access" "$RIG/requests"
    kill -USR1 "$(cat "$RIG/pid")"
    until [ -e "$RIG/access" ]; do
        sleep 0.01
    done
}

# queries NAME: how often the DNS server was asked for its address
queries() {
    grep -cxF "A $1" "$RIG/queries"
}
