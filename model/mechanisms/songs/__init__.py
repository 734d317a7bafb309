"""Songs: weekly releases, uses on TikTok as a branching process, streams, charts, and labels' pull on listening.

Each market has `song_contenders` releases a week. A release is a world song with the chance of the market's share of
international repertoire, else a local song; a world song is the same in every market that takes it. Its label in a
market is drawn by that market's own repertoire, so a song may be with another house elsewhere. With one market of
local songs only, this is the process that the parameters were fitted with.
"""

from model.mechanisms.songs.living import live_weeks
from model.mechanisms.songs.opening import open_songs
from model.mechanisms.songs.record import SongWeeks, joined
from model.mechanisms.songs.world import SongWorld

__all__ = ["SongWeeks", "SongWorld", "joined", "live_weeks", "open_songs"]
