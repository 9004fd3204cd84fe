package io.weft.server.inspection;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The inspection channels of the agents that have this server. An agent waits for a question by {@link #take} and answers
 * it by {@link #answer}; any thread may {@link #ask}. What is kept is bounded: a few questions a host, each no longer than
 * its asker waits.
 */
public final class Questions {
    private static final int WAITING = 16;

    /** Between two of its requests an agent is still there. */
    private static final long ABSENT_AFTER = TimeUnit.SECONDS.toNanos(20);

    /**
     * A question on its way.
     *
     * @param number names it in the answer
     * @param words what is asked
     */
    public record Question(long number, Map<String, String> words) {
        public Question {
            words = Map.copyOf(words);
        }
    }

    /** How asking ended. */
    public sealed interface Reply {}

    /** The node's answer, as it came. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    public record Answered(byte[] body) implements Reply {}

    /**
     * There is no answer.
     *
     * @param why for people
     */
    public record Silent(String why) implements Reply {}

    private record Pending(String host, CompletableFuture<byte[]> answer) {}

    /** What a host's agent takes its questions from. */
    private static final class Channel {
        final BlockingQueue<Question> questions = new ArrayBlockingQueue<>(WAITING);
        volatile int waiting;
        volatile long seen = System.nanoTime();
    }

    private final Map<String, Channel> channels = new ConcurrentHashMap<>();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    /**
     * The next question for a host; empty when none came in time.
     *
     * @param limit how long to wait
     */
    public Optional<Question> take(String host, Duration limit) throws InterruptedException {
        Channel channel = channels.computeIfAbsent(host, _ -> new Channel());
        count(channel, 1);
        try {
            long end = System.nanoTime() + limit.toNanos();
            while (true) {
                Question question = channel.questions.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                // Whoever has stopped waiting has taken the question back.
                if (question == null || pending.containsKey(question.number())) {
                    return Optional.ofNullable(question);
                }
            }
        } finally {
            count(channel, -1);
        }
    }

    private static void count(Channel channel, int by) {
        synchronized (channel) {
            channel.waiting += by;
            channel.seen = System.nanoTime();
        }
    }

    /** A host's answer; one that nobody waits for any more, or that another host was asked for, is passed over. */
    public void answer(String host, long number, byte[] body) {
        Pending asked = pending.get(number);
        if (asked != null && asked.host.equals(host)) {
            asked.answer.complete(body);
        }
    }

    /** Whether a host's agent waits for questions here, or did a moment ago. */
    public boolean isConnected(String host) {
        Channel channel = channels.get(host);
        return channel != null && (channel.waiting > 0 || System.nanoTime() - channel.seen <= ABSENT_AFTER);
    }

    /**
     * Asks a host and waits for its answer.
     *
     * @param limit how long to wait
     */
    public Reply ask(String host, Map<String, String> words, Duration limit) {
        Channel channel = channels.get(host);
        if (channel == null || !isConnected(host)) {
            return new Silent("its agent is not connected to this server");
        }
        long number = numbers.incrementAndGet();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        pending.put(number, new Pending(host, answer));
        try {
            if (!channel.questions.offer(new Question(number, new HashMap<>(words)))) {
                return new Silent("too many questions wait for its agent");
            }
            return new Answered(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return new Silent("its agent did not answer within " + limit.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers never fail", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Silent("this server stops");
        } finally {
            pending.remove(number);
        }
    }
}
