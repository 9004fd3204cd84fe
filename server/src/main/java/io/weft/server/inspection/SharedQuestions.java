package io.weft.server.inspection;

import io.weft.store.Batch;
import io.weft.store.Bytes;
import io.weft.store.Change;
import io.weft.store.Compare;
import io.weft.store.Entry;
import io.weft.store.KeyRange;
import io.weft.store.Lease;
import io.weft.store.Store;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.WatchListener;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Questions to nodes whose agents are connected to whichever server. One for an agent of another server is put into the store,
 * under a lease; the server that has the agent hears of it, asks, and puts the answer beside it. Both are gone when whoever
 * asked has the answer, or no longer waits. Any thread may ask; the store's watch hands work to threads of its own.
 */
public final class SharedQuestions implements Walk.Asking, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(SharedQuestions.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PREFIX = "inspection/";
    private static final String QUESTION = PREFIX + "question/";
    private static final String ANSWER = PREFIX + "answer/";
    private static final KeyRange RANGE = KeyRange.prefix(PREFIX);

    /** What an answer takes through the store, beside the time that the node may take. */
    private static final Duration WAY = Duration.ofSeconds(3);

    /** How many questions of other servers this one has its agents asked at once. */
    private static final int AT_ONCE = 32;

    private final Store store;
    private final Questions own;
    private final Predicate<String> alive;
    private final Map<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private volatile @Nullable Watch watch;
    private volatile boolean closed;

    private SharedQuestions(Store store, Questions own, Predicate<String> alive) {
        this.store = store;
        this.own = own;
        this.alive = alive;
    }

    /**
     * Begins to listen for the questions of other servers.
     *
     * @param own the channels of the agents that have this server
     * @param alive whether a node has an agent that is connected to some server
     */
    public static SharedQuestions open(Store store, Questions own, Predicate<String> alive) {
        SharedQuestions questions = new SharedQuestions(store, own, alive);
        questions.listen();
        return questions;
    }

    private void listen() {
        watch = store.watch(RANGE, store.revision() + 1, new WatchListener() {
            @Override
            public void changed(Batch batch) {
                for (Change change : batch.changes()) {
                    if (change instanceof Change.Put put) {
                        came(put.entry());
                    }
                }
            }

            @Override
            public void failed(StoreException reason) {
                if (!closed && reason.error() == StoreError.COMPACTED) {
                    // What was asked meanwhile goes unanswered, as if its node were slow.
                    listen();
                } else if (!closed) {
                    LOGGER.log(Level.ERROR, "questions of other servers are no longer heard", reason);
                }
            }
        });
    }

    private void came(Entry entry) {
        if (entry.key().startsWith(ANSWER)) {
            CompletableFuture<byte[]> answer = waiting.get(entry.key().substring(ANSWER.length()));
            if (answer != null) {
                answer.complete(entry.value().toByteArray());
            }
        } else if (entry.key().startsWith(QUESTION)) {
            String name = entry.key().substring(QUESTION.length());
            if (!waiting.containsKey(name) && places.tryAcquire()) {
                Thread.ofVirtual().name("question").start(() -> {
                    try {
                        answer(name, entry);
                    } finally {
                        places.release();
                    }
                });
            }
        }
    }

    /** Asks an agent of this server for another server; those of others are theirs. */
    private void answer(String name, Entry entry) {
        try {
            JsonNode question = JSON.readTree(entry.value().toByteArray());
            String host = question.path("host").asString("");
            if (!own.isConnected(host)) {
                return;
            }
            Map<String, String> words = new HashMap<>();
            for (Map.Entry<String, JsonNode> word : question.path("words").properties()) {
                words.put(word.getKey(), word.getValue().asString());
            }
            Questions.Reply reply = own.ask(
                    host, words, Duration.ofMillis(question.path("milliseconds").asLong(0)));
            byte[] body = switch (reply) {
                case Questions.Answered answered -> answered.body();
                case Questions.Silent silent ->
                    JSON.writeValueAsBytes(JSON.createObjectNode().put("silent", silent.why()));
            };
            store.commit(Transaction.builder()
                    .require(Compare.exists(entry.key()))
                    .require(Compare.absent(ANSWER + name))
                    .put(ANSWER + name, Bytes.owned(body), entry.lease())
                    .build());
        } catch (JacksonException e) {
            LOGGER.log(Level.WARNING, "a question of another server is not understood", e);
        } catch (StoreException e) {
            // Whoever asked has left, or will be told that there is no answer.
            LOGGER.log(Level.DEBUG, "an answer was not taken", e);
        }
    }

    @Override
    public Questions.Reply ask(String host, Map<String, String> words, Duration limit) {
        if (own.isConnected(host)) {
            return own.ask(host, words, limit);
        }
        if (!alive.test(host)) {
            return new Questions.Silent("its agent is not connected");
        }
        String name = UUID.randomUUID().toString();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        waiting.put(name, answer);
        Duration patience = limit.plus(WAY);
        try {
            Lease lease = store.grantLease(patience.plusSeconds(1));
            try {
                ObjectNode question = JSON.createObjectNode().put("host", host).put("milliseconds", limit.toMillis());
                words.forEach(question.putObject("words")::put);
                store.commit(Transaction.builder()
                        .require(Compare.absent(QUESTION + name))
                        .put(QUESTION + name, Bytes.owned(JSON.writeValueAsBytes(question)), lease.id())
                        .build());
                return new Questions.Answered(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
            } finally {
                store.revokeLease(lease.id());
            }
        } catch (TimeoutException e) {
            return new Questions.Silent(
                    "no server has its agent, or it did not answer within " + limit.toSeconds() + " s");
        } catch (StoreException e) {
            return new Questions.Silent("another server has its agent, and the store does not answer");
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers never fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Questions.Silent("this server stops");
        } finally {
            waiting.remove(name);
        }
    }

    @Override
    public void close() {
        closed = true;
        Watch current = watch;
        if (current != null) {
            current.close();
        }
    }
}
