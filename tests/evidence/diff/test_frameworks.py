"""How each framework moves state out, answers whether it is ready and ends gently: four lines, and each left out."""

import pytest

from app.evidence import registry
from app.evidence.source import Source

LINES = {
    "Express": {
        "sessions": "app.use(session({ store: new RedisStore({ client: redis }), secret: process.env.SECRET }));",
        "uploads": "const upload = multer({ storage: multerS3({ s3, bucket: 'evidence' }) });",
        "ready": "app.get('/readyz', (req, res) => res.sendStatus(leaving ? 503 : 200));",
        "drain": "process.on('SIGTERM', () => { leaving = true; setTimeout(() => server.close(), 10000); });",
    },
    "Rails": {
        "sessions": "Rails.application.config.session_store :redis_store, servers: [ENV['REDIS_URL']]",
        "uploads": "config.active_storage.service = :amazon",
        "ready": "get '/readyz', to: 'health#ready'",
        "drain": "worker_shutdown_timeout 25",
    },
    "Spring": {
        "sessions": "spring.session.store-type=redis",
        "uploads": "s3.putObject(PutObjectRequest.builder().bucket(bucket).key(key).build(), body);",
        "ready": "management.endpoint.health.probes.enabled=true",
        "drain": "server.shutdown=graceful",
    },
    "Go": {
        "sessions": 'store, err := redistore.NewRediStore(10, "tcp", addr, "", key)',
        "uploads": "_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: file})",
        "ready": 'mux.HandleFunc("/readyz", ready)',
        "drain": "ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)",
    },
    "Laravel": {
        "sessions": "SESSION_DRIVER=redis",
        "uploads": "FILESYSTEM_DISK=s3",
        "ready": "Route::get('/readyz', fn () => response('ok'));",
        "drain": "    stop_grace_period: 30s",
    },
    "Django": {
        "sessions": "SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'",
        "uploads": "STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}}",
        "ready": "    path('readyz', views.ready),",
        "drain": "graceful_timeout = 30",
    },
    "ASP.NET": {
        "sessions": "builder.Services.AddStackExchangeRedisCache(o => o.Configuration = redis);",
        "uploads": "await container.UploadBlobAsync(name, stream);",
        "ready": 'app.MapHealthChecks("/readyz");',
        "drain": "builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));",
    },
    "FastAPI": {
        "sessions": "sessions = RedisSessionStore(redis)",
        "uploads": "await s3.upload_fileobj(file.file, BUCKET, key)",
        "ready": "@app.get('/readyz')",
        "drain": 'CMD ["uvicorn", "app:app", "--timeout-graceful-shutdown", "30"]',
    },
}
PARTS = ("sessions", "uploads", "ready", "drain")


def seen(tmp_path, lines):
    """Which of the four a patch that adds these lines is seen to do."""
    path = tmp_path / "stateless.diff"
    head = f"diff --git a/app b/app\n--- a/app\n+++ b/app\n@@ -1,1 +1,{len(lines) + 1} @@\n first\n"
    path.write_text(head + "".join(f"+{line}\n" for line in lines))
    facts = registry.inspect(Source(path.name, path)).facts
    moved = {move["what"] for move in facts["moved_out"]}
    return (moved & {"sessions", "uploads"}) | {name for name in ("ready", "drain") if facts[name]}


@pytest.mark.parametrize("framework", LINES)
def test_four_lines_do_four_things(tmp_path, framework):
    assert seen(tmp_path, LINES[framework].values()) == set(PARTS)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("framework", LINES)
def test_what_is_left_out_is_not_seen(tmp_path, framework, part):
    lines = [line for name, line in LINES[framework].items() if name != part]

    assert seen(tmp_path, lines) == set(PARTS) - {part}
