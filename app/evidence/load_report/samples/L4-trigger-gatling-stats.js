var stats = {
    type: "GROUP",
name: "All Requests",
path: "",
pathFormatted: "group_missing-name--1146707516",
stats: {
    "name": "All Requests",
    "numberOfRequests": {
        "total": 34500,
        "ok": 34367,
        "ko": 133
    },
    "minResponseTime": {
        "total": 2,
        "ok": 2,
        "ko": 0
    },
    "maxResponseTime": {
        "total": 128,
        "ok": 128,
        "ko": 0
    },
    "meanResponseTime": {
        "total": 18,
        "ok": 18,
        "ko": 0
    },
    "standardDeviation": {
        "total": 9,
        "ok": 9,
        "ko": 0
    },
    "percentiles1": {
        "total": 16,
        "ok": 16,
        "ko": 0
    },
    "percentiles2": {
        "total": 22,
        "ok": 22,
        "ko": 0
    },
    "percentiles3": {
        "total": 35,
        "ok": 35,
        "ko": 0
    },
    "percentiles4": {
        "total": 49,
        "ok": 49,
        "ko": 0
    },
    "group1": {
        "name": "t < 800 ms",
        "htmlName": "t < 800 ms",
        "count": 34367,
        "percentage": 99.61449275362318
    },
    "group4": {
        "name": "failed",
        "htmlName": "failed",
        "count": 133,
        "percentage": 0.3855072463768116
    },
    "meanNumberOfRequestsPerSecond": {
        "total": 556.45,
        "ok": 554.31,
        "ko": 2.15
    }
},
contents: {}
}

function fillStats(stat){
}
