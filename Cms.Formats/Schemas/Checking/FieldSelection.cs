using System.Collections;

namespace Cms.Formats.Schemas.Checking;

/// <summary>Some fields of the sections of a type: the type's own, then those of every section that it has no own one for.</summary>
/// <remarks>What is of every section is held once, however many types there are. Never changed; going through it does not allocate.</remarks>
/// <param name="own">The type's own.</param>
/// <param name="ofAll">Those of every section.</param>
/// <param name="replacing">All fields of the type's own, by name.</param>
internal sealed class FieldSelection(FieldSchema[] own, FieldSchema[] ofAll, Dictionary<string, FieldSchema> replacing) : IEnumerable<FieldSchema>
{
    /// <summary>Those that are the type's own.</summary>
    public FieldSchema[] Own => own;

    /// <summary>Goes through all of them.</summary>
    public Enumerator GetEnumerator() => new(own, ofAll, replacing);

    IEnumerator<FieldSchema> IEnumerable<FieldSchema>.GetEnumerator() => own.Concat(ofAll.Where(field => !replacing.ContainsKey(field.Name))).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<FieldSchema>)this).GetEnumerator();

    /// <summary>A place in a selection.</summary>
    public struct Enumerator(FieldSchema[] own, FieldSchema[] ofAll, Dictionary<string, FieldSchema> replacing)
    {
        private int _index = -1;

        /// <summary>The field here.</summary>
        public readonly FieldSchema Current => _index < own.Length ? own[_index] : ofAll[_index - own.Length];

        /// <summary>Goes to the next field.</summary>
        /// <returns>False when there is none.</returns>
        public bool MoveNext()
        {
            do
            {
                _index++;
            }
            while (_index >= own.Length && _index < own.Length + ofAll.Length && replacing.ContainsKey(Current.Name));
            return _index < own.Length + ofAll.Length;
        }
    }
}
